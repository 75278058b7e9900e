// Makes the data of every approach for one size. What is there already is left alone.
import { Command } from "commander";
import { lockData } from "../lab/data/lock.ts";
import { dataFolderOf, prepareData } from "../lab/data/prepare.ts";
import { startPostgres } from "../lab/targets/postgres-server.ts";
import { type Approach, type ApproachName, approaches } from "../services/approaches/index.ts";
import { approachesOption, dataOption, dataSeedOption, sizeOption } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { showProgress } from "./show-progress.ts";

const command = new Command("prepare-data")
  .description("Make the data of every approach for one size, each from the same users.")
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(dataSeedOption())
  .addOption(dataOption());

await runCommand(command, async (signal) => {
  const options = command.opts<{
    size: number;
    approaches: ApproachName[];
    dataSeed: number;
    data: string;
  }>();
  const { size, data: root, dataSeed: seed } = options;
  using _lock = lockData(root);
  const needsDatabase = options.approaches.some((name) =>
    (approaches[name] as Approach).needs.includes("database"),
  );
  await using postgres = needsDatabase ? await startPostgres({ folder: `${root}/postgres` }) : null;
  let shown: { what: string; progress: ReturnType<typeof showProgress> } | undefined;
  const onProgress = (what: string, done: number, total: number) => {
    if (shown?.what !== what) {
      shown?.progress[Symbol.dispose]();
      shown = { what, progress: showProgress(what) };
    }
    shown.progress.update(done, total);
  };
  try {
    await prepareData({ ...options, root, seed, databaseUrlOf: postgres?.urlOf, onProgress, signal });
  } finally {
    shown?.progress[Symbol.dispose]();
  }
  console.log(`prepared ${size} users in ${dataFolderOf(root, size, "")}`);
});
