// Makes the data of every approach for one size. What is there already is left alone.
import { Command } from "commander";
import { lockData } from "../lab/data/lock.ts";
import { dataFolderOf, prepareData } from "../lab/data/prepare.ts";
import { startDatabaseFor } from "../lab/data/prepared-databases.ts";
import type { ApproachName } from "../services/approaches/index.ts";
import { approachesOption, dataOption, dataSeedOption, sizeOption } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

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
  await using postgres = await startDatabaseFor(options.approaches, { root });
  {
    using progress = showPhases();
    const { update: onProgress } = progress;
    await prepareData({ ...options, root, seed, databaseUrlOf: postgres?.urlOf, onProgress, signal });
  }
  console.log(`prepared ${size} users in ${dataFolderOf(root, size, "")}`);
});
