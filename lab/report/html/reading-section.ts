// How to read the page, in few words.
import { html, type Markup } from "./markup.ts";

/** Renders what a reader has to know of marks, bars and words. */
export function renderReading(): Markup {
  return html`<dl class="meanings">
<dt>95 % interval, ±</dt><dd>The range that holds the figure in 95 of 100 such runs, on this machine in the hour of the run: by bootstrap
over blocks. ± is the distance to its farther end.</dd>
<dt>cannot be told apart</dt><dd>The interval of the ratio within blocks contains 1: the order of the two is chance. Intervals of two
figures that overlap are not the test.</dd>
<dt>a block</dt><dd>Every trial once, in an order drawn by lot, each with a service that was started for it. What slows the machine for
a while meets all approaches.</dd>
<dt>baseline</dt><dd>Stores nothing. No store behind the same HTTP server can be faster, beyond chance.</dd>
<dt>the limit</dt><dd>Who was busy while the others waited. Where it was the load generator, the figure is a lower bound.</dd>
</dl>
<p>Not by one column: look at the limit, then at the interval, then at who cannot be told apart, then at the CPU time per request,
which survives a noisy machine best. docs/METHODOLOGY.md says how all this is measured and what it is biased by,
docs/FORMATS.md what each figure means.</p>`;
}
