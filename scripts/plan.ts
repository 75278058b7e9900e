// Answers which approaches can do what somebody needs, by what was measured on this machine.
import { describeMachine } from "../lab/machine/machine.ts";
import { answer } from "../lab/plan/answer.ts";
import type { Need } from "../lab/plan/need.ts";
import { renderAnswer } from "../lab/plan/page.ts";
import { readEvidence } from "../lab/plan/read-evidence.ts";
import { approaches } from "../services/approaches/index.ts";
import { askQuestions } from "./ask-questions.ts";
import { type PlanOptions, planCommand, QUESTIONS } from "./plan-options.ts";
import { runCommand, UsageError } from "./run-command.ts";

await runCommand(planCommand, async () => {
  const options = planCommand.opts<PlanOptions>();
  const { requestsPerUser, peak, anyMachine, json, results } = options;
  const { stdin: input, stdout: output } = process;
  const isInteractive = input.isTTY === true && output.isTTY === true;
  const answers = await askQuestions(QUESTIONS, { ...options }, { input, output, isInteractive });
  const need = answers as unknown as Need;
  if (need.readsPerSecond + need.writesPerSecond === 0)
    throw new UsageError("--reads and --writes are both 0; expected that something is asked");
  const evidence = readEvidence(results, describeMachine(), anyMachine === true);
  if (evidence.figures.capacities.length === 0)
    throw new Error(
      [
        `${results} has no run of this machine to answer from; make bench SIZE=${need.users} makes one`,
        ...evidence.notes,
      ].join("; "),
    );
  const day = { requestsPerUserAndDay: requestsPerUser, peakFactor: peak };
  const found = answer(need, day, approaches, evidence, evidence.notes);
  console.log(json ? JSON.stringify(found, null, 2) : renderAnswer(found));
});
