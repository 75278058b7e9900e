// How far colours stand out from each other, as WCAG 2.1 counts it.

export type Triple = readonly [number, number, number];

export const each = ([a, b, c]: Triple, change: (x: number) => number): Triple => [
  change(a),
  change(b),
  change(c),
];

/** @param hex `#rrggbb` @returns linear RGB, 0 to 1 */
export function toLinear(hex: string): Triple {
  const bytes = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Triple;
  return each(bytes, (byte) => (byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
}

/** @returns 1 to 21 */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = toLinear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
