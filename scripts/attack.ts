// Attacks services and says how they stood it.
import { attacks } from "../lab/attack/attacks.ts";
import { listAssaults, runAttacks } from "../lab/attack/run.ts";
import { type ExperimentOptions, experimentCommand, toPlan } from "./experiment-options.ts";
import { chooseApproaches } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

const command = experimentCommand("attack", attacks, {
  description:
    "Attack the services, each on data of its own and on this machine alone: bad input, slow and vanishing clients, more load\n" +
    "than they can bear, a database that fails. Each must answer as /openapi.json says or not at all, stay within its memory\n" +
    "and descriptors, be well again within seconds, and lose nothing that it acknowledged.",
  full: "10,000 connections, a minute of overload, ten of soak",
});

await runCommand(command, async (signal) => {
  const options = command.opts<ExperimentOptions>();
  const plan = {
    ...toPlan(command, await chooseApproaches(options)),
    attacks: attacks.filter(({ name }) => options.only.includes(name)),
  };
  if (options.list) {
    for (const { attack, approach } of listAssaults(plan))
      console.log([attack.name, approach, attack.summary].join("\t"));
    return;
  }
  console.error(plan.command);
  using progress = showPhases();
  let current = "";
  const { path, record } = await runAttacks(plan, {
    dataRoot: options.data,
    resultsRoot: options.results,
    signal,
    onProgress: (done, total) => progress.update(current, done, total),
    onAssault({ attack, approach }, done, total) {
      current = `[${done + 1}/${total}] ${attack.name} ${approach}`;
    },
    onOutcome({ outcome, measured, wrong }) {
      progress[Symbol.dispose]();
      console.log(`${current}: ${outcome}: ${measured}`);
      for (const one of wrong) console.log(`  wrong: ${one}`);
    },
  });
  const count = (kind: string) => record.outcomes.filter(({ outcome }) => outcome === kind).length;
  console.log(
    `\n${count("passed")} passed, ${count("failed")} failed, ${count("not run")} not run\nresults: ${path}`,
  );
  if (record.endedAt === null) throw new Error(`stopped; what was found until then is in ${path}`);
  if (count("failed") > 0)
    throw new Error(`${count("failed")} of ${record.outcomes.length} attacks did harm`);
});
