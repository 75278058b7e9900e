// Which generator made which open load, in words.
import { formatCount } from "./format.ts";
import type { OpenRow } from "./summary.ts";

/** Says up to which rates each generator made the load, where there were several. Trials made again name theirs. */
export function renderGenerators(rows: readonly OpenRow[]): string[] {
  const own = rows.filter(({ isAgain }) => !isAgain);
  const byGenerator = [...Map.groupBy(own, ({ generator }) => generator)].map(([name, of]) => {
    const rates = of.map(({ targetRequestsPerSecond }) => targetRequestsPerSecond);
    return { name, least: Math.min(...rates), most: Math.max(...rates) };
  });
  if (byGenerator.length < 2) return [];
  const parts = byGenerator
    .sort((a, b) => a.least - b.least)
    .map(({ name, least, most }) => `${name} from ${formatCount(least)} to ${formatCount(most)}`);
  return [`Who made the load, in requests per second: ${parts.join("; ")}.`];
}
