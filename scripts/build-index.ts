// Sorts a JSONL file of users by id and writes users.idx beside it.
import { Command } from "commander";
import { buildIndex } from "../lab/data/build-index.ts";
import { runCommand } from "./run-command.ts";
import { showProgress, showRemoved } from "./show-progress.ts";

const command = new Command("build-index")
  .description("Sort FILE by id and write users.idx beside it. Nothing may write to FILE meanwhile.")
  .argument("[FILE]", "users, one JSON object per line", "users.jsonl");

await runCommand(command, async (signal) => {
  const [dataFile] = command.processedArgs as [string];
  using progress = showProgress("build-index");
  const { records, duplicates, torn } = await buildIndex({
    dataFile,
    signal,
    onProgress: progress.update,
    onRemoved: showRemoved,
  });
  progress[Symbol.dispose]();
  if (duplicates > 0)
    console.error(`left out, because a record with the same id stands before them: ${duplicates}`);
  if (torn !== null)
    console.error(
      `${dataFile}, byte ${torn.offsetBytes}: left out a torn last line of ${torn.lengthBytes} bytes` +
        (torn.keptIn === null ? "" : `, kept in ${torn.keptIn}`),
    );
  console.log(`indexed ${records} records`);
});
