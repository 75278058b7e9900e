import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** Returns the version of a package that is installed. */
export function readPackageVersion(name: string): string {
  return JSON.parse(readFileSync(findPackageJSON(name, import.meta.url) as string, "utf8")).version;
}
