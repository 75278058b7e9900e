// Functions for processes of their own.

export function addOne({ number }: { readonly number: number }): { readonly sum: number } {
  return { sum: number + 1 };
}

export async function failLoudly(): Promise<never> {
  throw new Error("this job cannot be done");
}

/** Works without a pause, longer than any test waits. */
export function spin({ marker }: { readonly marker: string }): string {
  for (const untilMs = Date.now() + 600_000; Date.now() < untilMs; );
  return marker;
}
