// The dashboards, and their files.
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { buildInDepth } from "./in-depth.ts";
import { buildSideBySide } from "./side-by-side.ts";
import { buildTrust } from "./trust.ts";
import { buildWriters } from "./writers.ts";

/** Builds every dashboard; the first is the home page. */
export function buildPages(): Dashboard[] {
  return [buildSideBySide(), buildInDepth(), buildTrust(), buildWriters()];
}

/** Returns what the files of grafana/dashboards hold, by name. The same code gives the same text. */
export function renderPages(): Map<string, string> {
  return new Map(buildPages().map((page) => [`${page.uid}.json`, `${JSON.stringify(page, null, 2)}\n`]));
}
