// Makes the data of every approach for one size. What is there already is left alone.
import { Command } from "commander";
import { serveData } from "../lab/data/current-data.ts";
import { dataFolderOf } from "../lab/data/data-places.ts";
import { lockData } from "../lab/data/lock.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import {
  type ApproachOptions,
  approachesOption,
  approachesPathOption,
  chooseApproaches,
  databaseServerOption,
  dataOption,
  dataSeedOption,
  sizeOption,
} from "./options.ts";
import { prepareShown } from "./prepare-shown.ts";
import { runCommand } from "./run-command.ts";

const command = new Command("prepare-data")
  .description("Make the data of every approach for one size, each from the same users.")
  .addOption(sizeOption())
  .addOption(approachesOption())
  .addOption(approachesPathOption())
  .addOption(dataSeedOption())
  .addOption(dataOption())
  .addOption(databaseServerOption())
  .option(
    "--orders",
    "with orders, for approaches that take some, in folders and databases beside those without",
  )
  .option("--serve", "give the services in containers a copy to serve, with orders");

await runCommand(command, async (signal) => {
  const options = command.opts<
    ApproachOptions & {
      size: number;
      dataSeed: number;
      data: string;
      databaseServerUrl?: string;
      orders?: true;
      serve?: true;
    }
  >();
  const { size, data: root, dataSeed: seed, databaseServerUrl: url, orders, serve } = options;
  const approaches = await chooseApproaches(options);
  using _lock = lockData(root);
  await using postgres = await openDatabaseFor(approaches, { root, url });
  const wanted = { root, size, seed, approaches, databaseUrlOf: postgres?.urlOf };
  await prepareShown({ ...wanted, orders: Boolean(orders || serve), signal });
  if (serve) await serveData(wanted);
  console.log(`prepared ${size} users in ${dataFolderOf(root, size, "")}`);
});
