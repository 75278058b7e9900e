// Claim 13: data larger than memory. The experiment with a limit of memory judges it. Pure.
import type { MemoryRecord, MemoryTrialRecord } from "../../memory/record.ts";
import { formatLimit } from "../../memory/sections.ts";
import { formatExact } from "../../report/format.ts";
import type { Evidence } from "../evidence.ts";
import { type Finding, judgeByLatest, notMeasured } from "../finding.ts";

const DIES = "map";
const SERVE = ["binary", "sqlite"];

export const MEMORY_RULE =
  "where users.jsonl is larger than the limit of memory, every service of map ends, and binary and sqlite answer without an error";

export function judgeMemory({ memory }: Evidence): Finding {
  return judgeByLatest(memory, judge, "The experiment with a limit of memory has to say.");
}

function judge({ trials, limitBytes }: MemoryRecord): Finding {
  const larger = trials.filter(({ dataBytes }) => dataBytes > limitBytes);
  const of = (name: string) => larger.filter(({ approach }) => approach === name);
  const lacking = [DIES, ...SERVE].find((name) => of(name).length === 0);
  if (lacking !== undefined) return notMeasured(`No data larger than the limit was asked for of ${lacking}.`);
  const died = of(DIES).filter(({ end }) => end !== null);
  const words = SERVE.map(
    (name) => `${name} served in ${count(of(name).filter(serves))} of ${count(of(name))}`,
  );
  const holds = died.length === of(DIES).length && SERVE.every((name) => of(name).every(serves));
  const times = Math.max(...larger.map(({ dataBytes }) => dataBytes)) / limitBytes;
  return {
    measured:
      `with ${formatLimit(limitBytes)} and up to ${times.toPrecision(2)} times as much data map ended in ` +
      `${count(died)} of ${count(of(DIES))}, ${words.join(", ")}`,
    verdict: holds ? "holds" : "does not hold",
    why: holds
      ? "A map has all of its users in memory or none; of a file only the pages that are asked for have to be there."
      : "Who served and who ended is in the experiment's table.",
  };
}

function serves({ end, windows }: MemoryTrialRecord): boolean {
  return (
    end === null && windows.every(({ errors, unfinished }) => Object.keys(errors).length + unfinished === 0)
  );
}

function count(trials: readonly MemoryTrialRecord[]): string {
  return formatExact(trials.length);
}
