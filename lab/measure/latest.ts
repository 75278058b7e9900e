// Experiments are repeated in parts: some approaches, some sizes. Of each thing the latest run counts that has asked it. Pure.

/**
 * Keeps of each thing what the first run says that speaks of it, which may be several findings: one for each block.
 * @param found findings with the folder of their run, those of the latest run first
 * @param nameOf what a finding is about
 */
export function keepLatest<Found extends { readonly run: string }>(
  found: readonly Found[],
  nameOf: (one: Found) => string,
): Found[] {
  return [...Map.groupBy(found, nameOf).values()].flatMap((same) =>
    same.filter(({ run }) => run === same[0]?.run),
  );
}
