// Files as somebody writes them who measures an approach of their own.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Folder } from "./folder.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
/** The example of docs/OWN-APPROACH.md. */
export const EXAMPLE = `${PROJECT}docs/examples/sorted-array.ts`;

/** Writes a file outside the project. In its text `LAB/` stands for the project's folder. Returns its path. */
export function writeOwn(folder: Folder, name: string, text: string): string {
  const file = folder.inFolder(name);
  writeFileSync(file, text.replaceAll("LAB/", PROJECT));
  return file;
}

/** Writes the example with one thing changed: methods that take the place of the store's, which is called `store`, and whose
 * file is called `file`. @param fields of its row */
export function writeChanged(folder: Folder, name: string, methods: string, fields = ""): string {
  return writeOwn(
    folder,
    name,
    `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
     import { setTimeout as sleep } from "node:timers/promises";
     import { approach as example } from "LAB/docs/examples/sorted-array.ts";
     import type { OpenStore } from "LAB/services/storage/user-store.ts";
     const open: OpenStore = async (options) => {
       const store = await (await example.load())(options);
       const file = \`\${options.dataDir}/users.jsonl\`;
       return { ...store, ${methods} };
     };
     export const approach = { ...example, load: async () => open, ${fields} };`,
  );
}
