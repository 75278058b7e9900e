// Measures lookups of each variant against the approach that it is another form of.
import { Command, Option } from "commander";
import { lockData } from "../lab/data/lock.ts";
import { dataFolderOf, prepareData } from "../lab/data/prepare.ts";
import { callInProcess } from "../lab/lesson/bare-process.ts";
import { formatMs, formatRange, formatRatio } from "../lab/report/format.ts";
import { type Column, renderTable } from "../lab/report/table.ts";
import { concludeLookups, type Speedup, timeLookups } from "../lab/variants/lookups.ts";
import { listPairs, type Pair } from "../lab/variants/pairs.ts";
import type { Approach } from "../services/approaches/approach.ts";
import { type ApproachName, approaches } from "../services/approaches/index.ts";
import {
  dataOption,
  dataSeedOption,
  parseDuration,
  parseNames,
  sizeOption,
  variable,
  wholeNumber,
} from "./options.ts";
import { asArgument, parseSeed, runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

/** A database's lookups are its server's. */
const pairs = listPairs(approaches).filter(
  ({ variant }) => !needsServer(approaches[variant as ApproachName]),
);

const command = new Command("bench-lookups")
  .description(
    "Measure lookups of each variant against the approach that it is another form of, in a bare process.",
  )
  .addOption(sizeOption())
  .addOption(
    variable(
      "--variants <NAMES>",
      "variants, separated by commas",
      (text) =>
        parseNames(
          text,
          pairs.map(({ variant }) => variant),
        ),
      { value: pairs.map(({ variant }) => variant), shown: "all whose data is in files" },
    ),
  )
  .addOption(
    variable("--rounds <N>", "how often each is measured", wholeNumber(1, 1_000), { value: 9, shown: "9" }),
  )
  .addOption(
    variable("--turn <TIME>", "what the slower of two takes of a round", parseDuration, {
      value: 500,
      shown: "500ms",
    }),
  )
  .addOption(
    new Option("--seed <SEED>", "of the order, and of who is asked for")
      .argParser(asArgument(parseSeed))
      .default(1),
  )
  .addOption(dataSeedOption())
  .addOption(dataOption());

interface Options {
  readonly size: number;
  readonly variants: readonly string[];
  readonly rounds: number;
  readonly turn: number;
  readonly seed: number;
  readonly dataSeed: number;
  readonly data: string;
}

type Result = Pair & Speedup & { readonly lookups: number };

const columns: readonly Column<Result>[] = [
  { title: "variant", align: "left", cell: ({ variant }) => variant },
  { title: "of", align: "left", cell: ({ of }) => of },
  { title: "lookups a round", align: "right", cell: ({ lookups }) => String(lookups) },
  { title: "its lookup", align: "right", cell: ({ variantMs }) => formatMs(variantMs.value) },
  { title: "the lesson's", align: "right", cell: ({ ofMs }) => formatMs(ofMs.value) },
  { title: "times the lookups", align: "right", cell: ({ times }) => formatRatio(times.ratio.value) },
  { title: "95 % interval", align: "right", cell: ({ times }) => formatRange(times.ratio, formatRatio) },
  { title: "by CPU time", align: "right", cell: ({ cpuTimes }) => formatRatio(cpuTimes.ratio.value) },
  { title: "its interval", align: "right", cell: ({ cpuTimes }) => formatRange(cpuTimes.ratio, formatRatio) },
];

await runCommand(command, async (signal) => {
  const { size, variants, rounds, turn: turnMs, seed, dataSeed, data: root } = command.opts<Options>();
  const chosen = pairs.filter(({ variant }) => variants.includes(variant));
  using _lock = lockData(root);
  {
    using progress = showPhases();
    const names = [...new Set(chosen.flatMap(({ variant, of }) => [variant, of]))] as ApproachName[];
    const rows = Object.fromEntries(names.map((name) => [name, approaches[name]]));
    await prepareData({ root, size, seed: dataSeed, approaches: rows, onProgress: progress.update, signal });
  }
  const results: Result[] = [];
  for (const pair of chosen) {
    console.error(`${pair.variant} beside ${pair.of}`);
    const names = { variant: pair.variant as ApproachName, of: pair.of as ApproachName };
    const folders = {
      variant: dataFolderOf(root, size, pair.variant),
      of: dataFolderOf(root, size, pair.of),
    };
    const args = { ...names, folders, rounds, turnMs, seed, size, dataSeed };
    const measured = await callInProcess(
      new URL("../lab/variants/lookups.ts", import.meta.url).href,
      timeLookups,
      args,
      {
        cpus: [],
        signal,
      },
    );
    results.push({ ...pair, ...concludeLookups(measured), lookups: measured.lookups });
  }
  console.log(`${size} users, ${rounds} rounds\n\n${renderTable(columns, results)}`);
});

function needsServer({ needs }: Approach): boolean {
  return needs.includes("database");
}
