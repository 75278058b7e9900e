// Loads a JSONL file of users into a SQLite database.
import { Command } from "commander";
import { importToSqlite } from "../lab/data/import-sqlite.ts";
import { runCommand } from "./run-command.ts";
import { showProgress, showRemoved } from "./show-progress.ts";

const command = new Command("import-jsonl")
  .description(
    "Insert the users of FILE into a SQLite database. Those whose ids it has already are left alone.",
  )
  .argument("[FILE]", "users, one JSON object per line", "users.jsonl")
  .option("--db <PATH>", "the database (default: users.db beside FILE)");

await runCommand(command, async (signal) => {
  const [dataFile] = command.processedArgs as [string];
  const { db: databaseFile } = command.opts<{ db?: string }>();
  using progress = showProgress("import-jsonl");
  const { records, torn } = await importToSqlite({
    dataFile,
    databaseFile,
    signal,
    onProgress: progress.update,
    onRemoved: showRemoved,
  });
  progress[Symbol.dispose]();
  if (torn !== null)
    console.error(
      `${dataFile}, byte ${torn.offsetBytes}: left out a torn last line of ${torn.lengthBytes} bytes`,
    );
  console.log(`imported ${records} users`);
});
