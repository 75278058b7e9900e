// Asks a person what the flags leave open.
import type { Readable, Writable } from "node:stream";
import { isCancel, multiselect, select, text } from "@clack/prompts";
import { findGiven, type PlanQuestion } from "./plan-options.ts";
import { UsageError } from "./run-command.ts";

/** A terminal, where there is one. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly isInteractive: boolean;
}

/**
 * Returns the answer to every question: what was given, and else what the person says.
 * @throws UsageError for a question that nobody can be asked, and when the person does not want to go on
 */
export async function askQuestions(
  questions: readonly PlanQuestion[],
  options: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const question of questions) {
    const given = findGiven(question, options);
    answers[question.name] = given ?? (await ask(question, terminal));
  }
  return answers;
}

async function ask(question: PlanQuestion, { input, output, isInteractive }: Terminal): Promise<unknown> {
  const { flag, message, parse, choices, example = "", isMultiple } = question;
  if (!isInteractive && question.ifMissing !== undefined) return question.ifMissing;
  if (!isInteractive) {
    const expected =
      choices?.map(({ value }) => value).join(isMultiple ? ", " : " or ") ?? `a value such as ${example}`;
    throw new UsageError(`${flag} is missing, and this is no terminal to ask at; expected ${expected}`);
  }
  const answer = await prompt();
  if (isCancel(answer)) throw new UsageError("stopped before all questions were answered");
  return parse(Array.isArray(answer) ? answer.join(",") : String(answer ?? ""));

  function prompt() {
    if (choices === undefined) return text({ message, placeholder: example, validate, input, output });
    const list = [...choices];
    if (isMultiple) return multiselect({ message, options: list, required: true, input, output });
    return select({ message, options: list, input, output });
  }

  /** Returns what is wrong with a text. */
  function validate(typed: string | undefined): string | undefined {
    try {
      parse(typed ?? "");
      return undefined;
    } catch (error) {
      return (error as RangeError).message;
    }
  }
}
