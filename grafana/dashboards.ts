// Writes grafana/dashboards/*.json, which Grafana reads. `npm run dashboards`
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderPages } from "./pages.ts";

const folder = join(import.meta.dirname, "dashboards");

// A page that is no longer built must not stay in Grafana.
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [name, text] of renderPages()) writeFileSync(join(folder, name), text);
