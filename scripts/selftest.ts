// Checks the measuring itself: questions with known answers, put to the lab's own procedures.
import { randomInt } from "node:crypto";
import { Command } from "commander";
import { findGenerators } from "../lab/load/generators.ts";
import { formatMs, formatWait } from "../lab/report/format.ts";
import type { Form } from "../lab/selftest/check.ts";
import { type Listed, listChecks } from "../lab/selftest/checks.ts";
import { createRecord } from "../lab/selftest/record.ts";
import { type Outcome, runChecks } from "../lab/selftest/run-checks.ts";
import { openLab } from "../lab/selftest/stage.ts";
import { parseNames, resultsOption, variable } from "./options.ts";
import { parseSeed, runCommand } from "./run-command.ts";
import { showPhases } from "./show-progress.ts";

const NAMES = listChecks("full", []).map(({ name }) => name);

interface Options {
  readonly only?: readonly string[];
  readonly short?: true;
  readonly seed?: number;
  readonly list?: true;
  readonly results: string;
}

const command = new Command("selftest")
  .description(
    "Check the measuring itself: A/A, sensitivity, stalls, and planted mistakes that must be caught. Prints what is\n" +
      "expected and what was measured; the exit code is 1 when a check fails. The machine should have nothing else to do.",
  )
  .addOption(
    variable("--only <NAMES>", `checks, separated by commas: ${NAMES.join(", ")}`, (text) =>
      parseNames(text, NAMES),
    ),
  )
  .option("--short", "less of everything, as the tests do: says whether it works, not how well")
  .addOption(
    variable("--seed <SEED>", "seed of orders, keys and simulations (default: a new one)", parseSeed),
  )
  .addOption(resultsOption())
  .option("--list", "print the checks and what they expect, and run none");

await runCommand(command, async (signal) => {
  const { only = NAMES, seed = randomInt(2 ** 32), results, ...options } = command.opts<Options>();
  const form: Form = options.short ? "short" : "full";
  const checks = listChecks(form, await findGenerators()).filter(({ name }) => only.includes(name));
  if (options.list) {
    for (const check of checks) console.log(`${check.name}\t${describe(check)}`);
    return;
  }
  const totalMs = checks.reduce((sum, check) => sum + ("lack" in check ? 0 : check.durationMs), 0);
  console.error(`${checks.length} checks, about ${formatWait(totalMs)}; seed ${seed}`);
  using progress = showPhases();
  let current = "";
  const onProgress = (done: number, total: number) => progress.update(current, done, total);
  await using lab = await openLab({ seed, signal, onProgress });
  const record = createRecord(results, { command: nameCommand(form, only, seed), form, seed });
  const outcomes: Outcome[] = [];
  await runChecks(checks, lab, {
    onCheck: ({ name }) => {
      current = name;
      console.error(`[${outcomes.length + 1}/${checks.length}] ${name} …`);
    },
    onOutcome: (outcome) => {
      progress[Symbol.dispose]();
      outcomes.push(outcome);
      record.add(outcome);
      console.log(renderOutcome(outcome));
    },
  });
  console.log(`results: ${record.file}`);
  const failed = outcomes.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${outcomes.length} checks failed: ${failed.join(", ")}`);
});

function describe(check: Listed): string {
  return "lack" in check ? `not run: ${check.lack}` : check.expected;
}

function renderOutcome({ name, outcome, expected, measured, durationMs }: Outcome): string {
  if (outcome === "not run") return `${name}: not run (${measured})\n`;
  return `${name}: ${outcome} in ${formatMs(durationMs)}\n  expected: ${expected}\n  measured: ${measured}\n`;
}

function nameCommand(form: Form, only: readonly string[], seed: number): string {
  const flags = [
    ...(form === "short" ? ["--short"] : []),
    ...(only.length < NAMES.length ? [`--only ${only.join(",")}`] : []),
    `--seed ${seed}`,
  ];
  return `npm run selftest -- ${flags.join(" ")}`;
}
