/** Searches by halving. Returns the first of so many places for which something holds that holds for all behind it, too; their
 * number when it holds for none. */
export function findFirst(places: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, places];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
