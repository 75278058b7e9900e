// Faults and burdens that the lab puts into programs from outside, by `node --import`: the programs know nothing of them.

const PRELOADS = ["burn", "lie", "step-clock"] as const;

/** Returns the arguments that make Node load one of the files of this folder before a program.
 * @param settings what its header names */
export function preload(
  name: (typeof PRELOADS)[number],
  settings: Readonly<Record<string, number>>,
): string[] {
  const url = new URL(`./${name}.ts`, import.meta.url);
  for (const [key, value] of Object.entries(settings)) url.searchParams.set(key, String(value));
  return ["--import", url.href];
}

/** Returns a number that a preloaded file was given.
 * @param url its import.meta.url */
export function readSetting(url: string, name: string): number {
  return Number(new URL(url).searchParams.get(name));
}
