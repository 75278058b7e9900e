// Writes seeded users to a JSONL file, and their ids to ids.json beside it.
import { Argument, Command, Option } from "commander";
import { DEFAULT_SEED } from "../k6/lib/users.ts";
import { writeSeededUsers } from "../lab/data/seed.ts";
import { parseSize } from "../lab/data/size.ts";
import { asArgument, parseSeed, runCommand } from "./run-command.ts";
import { showProgress, showRemoved } from "./show-progress.ts";

const command = new Command("seed")
  .description(
    "Write N seeded users to FILE, and ids.json beside it. Files that exist are kept under another name.",
  )
  .addArgument(new Argument("[N]", "users: 10000, 10k, 1M").argParser(asArgument(parseSize)).default(10_000))
  .argument("[FILE]", "where to write them", "users.jsonl")
  .addOption(
    new Option("--seed <SEED>", "another seed gives other users")
      .argParser(asArgument(parseSeed))
      .default(DEFAULT_SEED),
  );

await runCommand(command, async (signal) => {
  const [size, file] = command.processedArgs as [number, string];
  const { seed } = command.opts<{ seed: number }>();
  using progress = showProgress("seed");
  const { keptAside } = await writeSeededUsers({
    file,
    size,
    seed,
    signal,
    onProgress: progress.update,
    onRemoved: showRemoved,
  });
  progress[Symbol.dispose]();
  for (const name of keptAside) console.error(`kept the file that was there before as ${name}`);
  console.log(`seeded ${size} users`);
});
