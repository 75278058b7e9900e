// Measures what the lab's own services cost beyond bare controls.
import { randomInt } from "node:crypto";
import { Command } from "commander";
import { startRandom } from "../k6/lib/random.ts";
import { type Pair, pairs } from "../lab/controls/pairs.ts";
import { databaseOf, dataFolderOf } from "../lab/data/data-places.ts";
import { lockData } from "../lab/data/lock.ts";
import { measurePair, type OverheadOptions, type PairCost } from "../lab/measure/overhead.ts";
import { median } from "../lab/measure/statistics.ts";
import { renderTable } from "../lab/report/table.ts";
import { canPin } from "../lab/targets/child.ts";
import { openDatabaseFor } from "../lab/targets/database-for.ts";
import { placeOnCores, readAllowedCores } from "../lab/targets/placement.ts";
import { approaches, mainApproaches } from "../services/approaches/index.ts";
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
import { parseSeed, runCommand, UsageError } from "./run-command.ts";

const DEFAULT_PAIRS = [...mainApproaches, "observing"];

const command = new Command("bench:overhead")
  .description(
    "Measure the CPU time per request of the services against controls: the same lookup in a bare node:http server. " +
      "`linear` is asked for the last record, over one connection.\n\n" +
      "`observing`: the same service with nobody observing durations.\n" +
      "`pg`, `pg-pipeline`, `postgres-unpipelined`: other ways to reach PostgreSQL against the one in use.\n\n" +
      "Fresh processes for each pair, which take turns in random order; the estimate is the mean of the lowest tenth " +
      "of the CPU time per request over windows of 100 ms.",
  )
  .addOption(sizeOption())
  .addOption(
    variable(
      "--pairs <NAMES>",
      `pairs, separated by commas: ${Object.keys(pairs).join(", ")}`,
      (text) => parseNames(text, Object.keys(pairs)),
      {
        value: DEFAULT_PAIRS,
        shown: DEFAULT_PAIRS.join(","),
      },
    ),
  )
  .addOption(variable("--rounds <N>", "measurements of each", wholeNumber(1, 100), { value: 6, shown: "6" }))
  .addOption(variable("--duration <TIME>", "measured window", parseDuration, { value: 3_000, shown: "3s" }))
  .addOption(variable("--warmup <TIME>", "load before it", parseDuration, { value: 1_500, shown: "1500ms" }))
  .addOption(variable("--connections <N>", "connections", wholeNumber(1, 1_000), { value: 50, shown: "50" }))
  .addOption(variable("--seed <SEED>", "seed of the order and the keys (default: a new one)", parseSeed))
  .addOption(dataSeedOption())
  .addOption(dataOption());

interface Options {
  readonly size: number;
  readonly pairs: readonly string[];
  readonly rounds: number;
  readonly duration: number;
  readonly warmup: number;
  readonly connections: number;
  readonly seed?: number;
  readonly dataSeed: number;
  readonly data: string;
}

await runCommand(command, async (signal) => {
  if (process.platform !== "linux") throw new UsageError("bench:overhead reads /proc, which only Linux has");
  const { size, duration, warmup, connections, dataSeed, data: root, ...options } = command.opts<Options>();
  const seed = options.seed ?? randomInt(2 ** 32);
  const random = startRandom(seed);
  const placement = placeOnCores(readAllowedCores());
  const chosen = options.pairs.map((name) => ({ name, ...(pairs[name] as Pair) }));
  using _lock = lockData(root);
  const data = Object.fromEntries(chosen.map((pair) => [pair.data, approaches[pair.data]]));
  await using postgres = await openDatabaseFor(data, { root, cpus: placement.database });
  const databaseUrlOf = postgres?.urlOf;
  await prepareShown({ root, size, seed: dataSeed, approaches: data, databaseUrlOf, signal });

  const rows = [];
  for (const { name, data, program, control, ...pair } of chosen) {
    const place = {
      dataDir: dataFolderOf(root, size, data),
      databaseUrl: databaseUrlOf?.(databaseOf(size, approaches[data])),
    };
    const costs: PairCost[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const any = { workload: "read", connections } as const;
      const load = { ...any, ...pair.load, seed: random(2 ** 32), size, dataSeed };
      const limits = { warmupMs: warmup, durationMs: duration, waitLimitMs: 600_000 };
      const overhead: OverheadOptions = {
        load: { ...load, ...limits, storesUsers: approaches[data].stores },
        placement,
        signal,
      };
      const programs = { program: { ...program, ...place }, control: { ...control, ...place } };
      costs.push(await measurePair(programs, overhead, random));
      console.error(`${name} ${round + 1}/${options.rounds}: ${JSON.stringify(costs.at(-1))}`);
    }
    rows.push({ name, costs });
  }
  const cores = placement.service.length > 0 && canPin() ? "cores of their own" : "no cores of their own";
  console.log(
    `\n${renderRows(rows)}\n\n` +
      "CPU time per request, user and system: mean of the lowest tenth over windows of 100 ms, or as long as 50 requests\n" +
      `take; medians over ${options.rounds} pairs of fresh processes that take turns, in random order, ${cores}.\n` +
      `${size} users; ${connections} connections ask for any user; linear's one connection asks for the last. Seed ${seed}.`,
  );
});

function renderRows(rows: readonly { name: string; costs: readonly PairCost[] }[]) {
  const micros = (values: number[]) => median(values).toFixed(2);
  const ratios = (row: (typeof rows)[number]) => row.costs.map(({ program, control }) => control / program);
  return renderTable(
    [
      { title: "pair", align: "left", cell: (row) => row.name },
      { title: "µs/request", align: "right", cell: (row) => micros(row.costs.map(({ program }) => program)) },
      { title: "control's", align: "right", cell: (row) => micros(row.costs.map(({ control }) => control)) },
      { title: "control / service", align: "right", cell: (row) => median(ratios(row)).toFixed(3) },
      {
        title: "lowest to highest",
        align: "right",
        cell: (row) => `${Math.min(...ratios(row)).toFixed(3)} – ${Math.max(...ratios(row)).toFixed(3)}`,
      },
    ],
    rows,
  );
}
