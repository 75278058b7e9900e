// How an answer is to be read: only what there is to be read in it. Pure.
import { formatExact } from "../report/format.ts";
import type { Answer } from "./answer.ts";
import { ENOUGH_SHARE, isPartial } from "./load-share.ts";

export function listNotes(answer: Answer): string[] {
  const { judgments, need } = answer;
  const capacities = judgments.flatMap(({ by }) => by);
  const part = formatExact(ENOUGH_SHARE * 100);
  const isTold = judgments.some(({ verdict }) => verdict === "can" || verdict === "cannot tell");
  const notes: readonly (readonly [boolean, string])[] = [
    [
      isTold,
      "headroom: how many times the load fits into what one process did on one core, reads and writes added up as each was measured alone",
    ],
    [
      isTold,
      `can: the load takes at most ${part} % of that, for above it waiting grows without measure; users a day, at most: up to there`,
    ],
    [
      need.memoryBytes !== null,
      `memory is enough where as much was there, or where make memory saw it serve; by one rule, and not seen: twice what the service had resident and room for all its files is enough${listRuled(answer)}`,
    ],
    [
      true,
      `nothing ${need.memoryBytes === null ? "" : "else "}is guessed: more users, longer records and less memory never cost less, and what that leaves open has to be measured`,
    ],
    [
      need.memoryBytes === null,
      "memory was not asked for: it is taken to be as much as this machine has (MEMORY=512MiB asks)",
    ],
    [
      need.memoryBytes !== null && need.writesPerSecond > 0,
      "nobody measures writes with less memory than there was",
    ],
    [
      capacities.some(isPartial),
      "at least: two connections got so much with a limit of memory, and more were not tried",
    ],
    [
      capacities.some(({ isImplied }) => isImplied),
      "by CPU: the load generator was the limit, so it is what the CPU time per request allows; can is said by what was measured",
    ],
    [
      capacities.some(({ blocks }) => blocks < 5),
      "some figures are of fewer than five blocks, and have no interval",
    ],
    [
      need.processes !== "one" && need.readsPerSecond > 0,
      "reads are those of one process; each further one may add as much on a core of its own",
    ],
    [
      isTold && judgments.every(({ latency }) => latency === null),
      `how long requests take at this rate was not measured: make bench LOAD=open SIZE=${need.users} RATE=${need.readsPerSecond + need.writesPerSecond}`,
    ],
  ];
  return notes.filter(([holds]) => holds).map(([, note]) => note);
}

/** Names those that are told by figures with more memory than was asked for: by the rule alone. */
function listRuled({ judgments, need: { memoryBytes } }: Answer): string {
  const ruled = judgments.filter(
    ({ verdict, by }) =>
      (verdict === "can" || verdict === "cannot tell") &&
      by.some((one) => !isPartial(one) && one.hadMemoryBytes > (memoryBytes ?? Number.POSITIVE_INFINITY)),
  );
  return ruled.length === 0 ? "" : ` (${ruled.map(({ approach }) => approach).join(", ")})`;
}
