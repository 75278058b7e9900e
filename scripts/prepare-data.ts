// Makes the data of every approach for one size. What is there already is left alone.
import { Command } from "commander";
import { serveData } from "../lab/data/current-data.ts";
import { lockData } from "../lab/data/lock.ts";
import { dataFolderOf, prepareData } from "../lab/data/prepare.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import type { ApproachName } from "../services/approaches/index.ts";
import { approachesOption, databaseServerOption, dataOption, dataSeedOption, sizeOption } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

const command = new Command("prepare-data")
  .description("Make the data of every approach for one size, each from the same users.")
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(dataSeedOption())
  .addOption(dataOption())
  .addOption(databaseServerOption())
  .option("--serve", "give the services in containers a copy to serve");

await runCommand(command, async (signal) => {
  const options = command.opts<{
    size: number;
    approaches: ApproachName[];
    dataSeed: number;
    data: string;
    databaseServerUrl?: string;
    serve?: true;
  }>();
  const { size, data: root, dataSeed: seed, databaseServerUrl: url } = options;
  using _lock = lockData(root);
  await using postgres = await openDatabaseFor(options.approaches, { root, url });
  {
    using progress = showPhases();
    const { update: onProgress } = progress;
    await prepareData({ ...options, root, seed, databaseUrlOf: postgres?.urlOf, onProgress, signal });
  }
  if (options.serve) await serveData({ ...options, root, seed, databaseUrlOf: postgres?.urlOf });
  console.log(`prepared ${size} users in ${dataFolderOf(root, size, "")}`);
});
