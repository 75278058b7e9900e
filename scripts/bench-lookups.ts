// Measures lookups of each variant against the approach that it is another form of, and what it takes to open each.
import { Command, Option } from "commander";
import { dataFolderOf, takesOrders } from "../lab/data/data-places.ts";
import { lockData } from "../lab/data/lock.ts";
import { callInProcess } from "../lab/lesson/bare-process.ts";
import { estimateMedian } from "../lab/measure/bootstrap.ts";
import { formatBytes, formatMegabytes, formatMs, formatRange, formatRatio } from "../lab/report/format.ts";
import { type Column, renderTable } from "../lab/report/table.ts";
import { concludeLookups, type Speedup, timeLookups } from "../lab/variants/lookups.ts";
import { listPairs, type Pair } from "../lab/variants/pairs.ts";
import { measureStart, type Start } from "../lab/variants/starts.ts";
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
import { prepareShown } from "./prepare-shown.ts";
import { asArgument, parseSeed, runCommand } from "./run-command.ts";

/** A database's lookups are its server's. */
const pairs = listPairs(approaches).filter(
  ({ variant }) => !needsServer(approaches[variant as ApproachName]),
);

const command = new Command("bench-lookups")
  .description(
    "Measure lookups of each variant against the approach that it is another form of, in a bare process,\n" +
      "and time, memory and files of opening each, in processes of their own.",
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

/** A form that was opened in so many fresh processes; what is shown is the median. */
const STARTS = 3;
type Opened = Start & { readonly approach: string };

const startColumns: readonly Column<Opened>[] = [
  { title: "form", align: "left", cell: ({ approach }) => approach },
  { title: "opened in", align: "right", cell: ({ openedMs }) => formatMs(openedMs) },
  { title: "memory", align: "right", cell: ({ memoryBytes }) => formatMegabytes(memoryBytes) },
  { title: "files", align: "right", cell: ({ dataBytes }) => formatBytes(dataBytes) },
];

await runCommand(command, async (signal) => {
  const { size, variants, rounds, turn: turnMs, seed, dataSeed, data: root } = command.opts<Options>();
  const chosen = pairs.filter(({ variant }) => variants.includes(variant));
  const names = [...new Set(chosen.flatMap(({ variant, of }) => [variant, of]))] as ApproachName[];
  using _lock = lockData(root);
  const rows = Object.fromEntries(names.map((name) => [name, approaches[name]]));
  await prepareShown({ root, size, seed: dataSeed, approaches: rows, orders: true, signal });
  const folderOf = (name: string) => dataFolderOf(root, size, name, takesOrders(rows[name] as Approach));
  const results: Result[] = [];
  for (const pair of chosen) {
    console.error(`${pair.variant} beside ${pair.of}`);
    const names = { variant: pair.variant as ApproachName, of: pair.of as ApproachName };
    const folders = { variant: folderOf(pair.variant), of: folderOf(pair.of) };
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
  const opened: Opened[] = [];
  for (const approach of names) {
    console.error(`opening ${approach}`);
    opened.push({ approach, ...(await openOften(approach, folderOf(approach), signal)) });
  }
  console.log(`${size} users, ${rounds} rounds\n\n${renderTable(columns, results)}`);
  console.log(`\nOpened in a fresh process, the median of ${STARTS}\n\n${renderTable(startColumns, opened)}`);
});

async function openOften(approach: ApproachName, folder: string, signal: AbortSignal): Promise<Start> {
  const starts: Start[] = [];
  const module = new URL("../lab/variants/starts.ts", import.meta.url).href;
  while (starts.length < STARTS)
    starts.push(await callInProcess(module, measureStart, { approach, folder }, { cpus: [], signal }));
  const median = (key: keyof Start) => estimateMedian(starts.map((start) => start[key])).value;
  return { openedMs: median("openedMs"), memoryBytes: median("memoryBytes"), dataBytes: median("dataBytes") };
}

function needsServer({ needs }: Approach): boolean {
  return needs.includes("database");
}
