import { type PrepareOptions, prepareData } from "../lab/data/prepare.ts";
import { showPhases } from "./show-progress.ts";

/** Makes the data that is missing, and shows how far that is. */
export async function prepareShown(options: Omit<PrepareOptions, "onProgress">): Promise<void> {
  using progress = showPhases();
  await prepareData({ ...options, onProgress: progress.update });
}
