// Measures reads of binary-rebuild beside posts, while its index is made anew and otherwise.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { dataFolderOf } from "../lab/data/data-places.ts";
import { lockData } from "../lab/data/lock.ts";
import { summarizeLatencies } from "../lab/load/latencies.ts";
import { formatCount, formatMegabytes, formatMs } from "../lab/report/format.ts";
import { renderTable } from "../lab/report/table.ts";
import { readBesideRebuilds } from "../lab/variants/rebuild-beside.ts";
import { approaches } from "../services/approaches/index.ts";
import { dataOption, dataSeedOption, parseDuration, sizeOption, variable, wholeNumber } from "./options.ts";
import { prepareShown } from "./prepare-shown.ts";
import { asArgument, parseSeed, runCommand } from "./run-command.ts";

const NAME = "binary-rebuild";

const command = new Command("bench-rebuild")
  .description(`Measure reads of ${NAME} beside posts, while its index is made anew and otherwise.`)
  .addOption(sizeOption())
  .addOption(variable("--connections <N>", "that post", wholeNumber(1, 1_000), { value: 2, shown: "2" }))
  .addOption(variable("--duration <TIME>", "how long", parseDuration, { value: 120_000, shown: "2m" }))
  .addOption(new Option("--seed <SEED>", "of who is asked for").argParser(asArgument(parseSeed)).default(1))
  .addOption(dataSeedOption())
  .addOption(dataOption());

await runCommand(command, async (signal) => {
  const {
    size,
    connections,
    duration,
    seed,
    dataSeed,
    data: root,
  } = command.opts<{
    size: number;
    connections: number;
    duration: number;
    seed: number;
    dataSeed: number;
    data: string;
  }>();
  using _lock = lockData(root);
  await prepareShown({ root, size, seed: dataSeed, approaches: { [NAME]: approaches[NAME] }, signal });
  const dataDir = mkdtempSync(join(root, "bench-rebuild-"));
  try {
    cpSync(dataFolderOf(root, size, NAME), dataDir, { recursive: true });
    const load = { connections, durationMs: duration, dataSeed, seed, size };
    const found = await readBesideRebuilds({ approach: NAME, dataDir, ...load, signal });
    const rows = [
      { when: "while an index is made", reads: found.reads.beside },
      { when: "otherwise", reads: found.reads.without },
    ].map(({ when, reads }) => ({ when, count: reads.totalCount, latency: summarizeLatencies(reads) }));
    const latency = (title: "p50" | "p99" | "max") => ({
      title,
      align: "right" as const,
      cell: (row: (typeof rows)[number]) => (row.count === 0 ? "–" : formatMs(row.latency[title])),
    });
    console.log(
      [
        `${formatCount(size)} users, ${connections} connections post users in batches for ${formatMs(duration)}, one reads`,
        renderTable(
          [
            { title: "reads", align: "left", cell: ({ when }) => when },
            { title: "how many", align: "right", cell: ({ count }) => formatCount(count) },
            ...(["p50", "p99", "max"] as const).map(latency),
          ],
          rows,
        ),
        `${formatCount(found.posted)} users posted; ${found.rebuilds} indexes were made, in ${Math.round(100 * found.rebuildingShare)} % of the time; ` +
          `the map had at most ${formatCount(found.tailMax)} users; resident memory ${formatMegabytes(found.startBytes)} at the start, ` +
          `at most ${found.quarterMaxBytes.map(formatMegabytes).join(", ")} in the quarters of the time.`,
      ].join("\n\n"),
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
