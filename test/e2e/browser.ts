// A real browser, for a look at a page.
import { execFile } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

const BROWSERS = ["google-chrome", "chromium", "chromium-browser"];
/** Panels ask for their data when they are shown. */
const SETTLE_MS = 20_000;
const WIDTH_AND_HEIGHT = "1600,2400";
const run = promisify(execFile);

/** Returns the name of the browser on the PATH; null when there is none. */
export async function findBrowser(): Promise<string | null> {
  for (const browser of BROWSERS) {
    const isHere = await run(browser, ["--version"]).then(
      () => true,
      () => false,
    );
    if (isHere) return browser;
  }
  return null;
}

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
