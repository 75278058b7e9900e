// Colours of report.html: that text can be read and marks be seen, in light and in dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { markApproaches } from "../../lab/report/html/approach-marks.ts";
import { mainApproaches } from "../../services/approaches/index.ts";
import { contrast } from "../helpers/contrast.ts";

/** What WCAG 2.1 (AA) asks of text, and of graphics. */
const LEAST = { text: 4.5, graphics: 3 };

const style = readFileSync(new URL("../../lab/report/html/page.css", import.meta.url), "utf8");
const [light, dark] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block = ""]) =>
  Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex])),
) as [Record<string, string>, Record<string, string>];
const others = ["their-store", "<another>"];
const names = [...mainApproaches, ...others];
const marks = markApproaches(names);

for (const [scheme, colours] of Object.entries({ light, dark: { ...light, ...dark } }))
  describe(`in ${scheme}`, () => {
    const ground = colours.ground as string;

    test("text stands out from the ground", () => {
      for (const name of ["ink", "muted", "link"])
        assert.ok(contrast(colours[name] as string, ground) >= LEAST.text, name);
    });

    test("parts of bars stand out from the ground", () => {
      for (const name of ["part-first", "part-second", "warning"])
        assert.ok(contrast(colours[name] as string, ground) >= LEAST.graphics, name);
    });

    test("marks of approaches stand out from the ground, also of those that are not the lab's", () => {
      for (const name of names)
        assert.ok(
          contrast(marks(name).colour, ground) >= LEAST.graphics,
          `${name}: ${contrast(marks(name).colour, ground)}`,
        );
    });
  });

test("no two approaches look alike, in shape as in colour", () => {
  assert.equal(new Set(names.map((name) => marks(name).symbol)).size, names.length);
  assert.equal(new Set(names.map((name) => marks(name).colour)).size, names.length);
});

test("an approach of the lab looks the same in every report", () => {
  for (const name of mainApproaches) assert.deepEqual(markApproaches([name])(name), marks(name));
});
