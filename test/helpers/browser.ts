// A real browser, for a look at a page.
import { execFile } from "node:child_process";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

const BROWSERS = ["google-chrome", "chromium", "chromium-browser"];
/** Panels ask for their data when they are shown. */
const SETTLE_MS = 20_000;
const WIDTH_AND_HEIGHT = "1600,2400";
const run = promisify(execFile);

/** Returns the path of the browser on the PATH; null when there is none. */
export function findBrowser(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** For a test's `skip`: why a test that needs a browser is not run. Where CI promises every prerequisite it is run, and
 * fails. */
export const withoutBrowser =
  findBrowser() !== null || process.env.CI === "true" ? false : "not run: no browser is on the PATH";

/** Writes a picture of a page. @returns its length in bytes */
export async function takeScreenshot(browser: string, url: string, file: string): Promise<number> {
  mkdirSync(dirname(file), { recursive: true });
  await run(browser, [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
    `--window-size=${WIDTH_AND_HEIGHT}`,
    `--virtual-time-budget=${SETTLE_MS}`,
    `--screenshot=${file}`,
    url,
  ]);
  return statSync(file).size;
}
