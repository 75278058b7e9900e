/** A ratio as what it changes: "+10.2 %". */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(1)} %`;
}
