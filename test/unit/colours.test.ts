import assert from "node:assert/strict";
import { test } from "node:test";
import { colours } from "../../lab/report/colours.ts";
import { contrast, each, type Triple, toLinear } from "../helpers/contrast.ts";

/** Grafana's panels, light and dark. */
const GROUNDS = ["#ffffff", "#181b1f"];
/** What WCAG 2.1 asks of graphics. */
const LEAST_CONTRAST = 3;
/** In OKLab, where about 0.02 can just be told apart. */
const LEAST_DISTANCE = 0.08;

/** From linear RGB to what the eye sees without one kind of cone (Machado, Oliveira and Fernandes, 2009). */
const SIGHTS: Readonly<Record<string, readonly Triple[]>> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
const TO_LMS: readonly Triple[] = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const LMS_TO_OKLAB: readonly Triple[] = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

function transform(matrix: readonly Triple[], [a, b, c]: Triple): Triple {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;
}

function seen(hex: string, sight: readonly Triple[]): Triple {
  const visible = each(transform(sight, toLinear(hex)), (x) => Math.min(1, Math.max(0, x)));
  return transform(LMS_TO_OKLAB, each(transform(TO_LMS, visible), Math.cbrt));
}

test("every colour stands out from a light and from a dark ground", () => {
  for (const [name, colour] of Object.entries(colours))
    for (const ground of GROUNDS)
      assert.ok(
        contrast(colour, ground) >= LEAST_CONTRAST,
        `${name} on ${ground}: ${contrast(colour, ground)}`,
      );
});

for (const [name, sight] of Object.entries(SIGHTS))
  test(`no two colours look alike to ${name === "full" ? "full sight" : name}`, () => {
    const entries = Object.entries(colours);
    for (const [index, [one, colour]] of entries.entries())
      for (const [other, otherColour] of entries.slice(index + 1)) {
        const [a, b] = [seen(colour, sight), seen(otherColour, sight)];
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        assert.ok(distance >= LEAST_DISTANCE, `${one} and ${other} are ${distance.toFixed(3)} apart`);
      }
  });
