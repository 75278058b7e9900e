// What is not known of an approach and a need, and the command that finds it out. Pure.
import { formatLimit } from "../memory/sections.ts";
import { formatExact } from "../report/format.ts";
import type { Capacity } from "./capacity.ts";
import type { Choice } from "./choices.ts";
import type { LimitedCell } from "./limited-memory.ts";
import { isAlike, isPartial, stretchOf } from "./load-share.ts";
import { listWorkloads, type Need } from "./need.ts";
import type { Gap } from "./obstacles.ts";
import { SHARED_COMMANDS } from "./sharing.ts";

/** Says what of the load was not measured. */
export function describeGap(need: Need, best: Choice | undefined): Gap {
  const { users, recordBytes, processes, writesPerSecond, asks } = need;
  if (best?.share.by.some((one) => !isAlike(one.recordBytes, recordBytes)))
    return {
      text: `records of about ${formatExact(recordBytes)} bytes`,
      command: "make bench DATA=people.jsonl KEY=id",
    };
  const text = `${formatExact(users)} users`;
  const writes = writesPerSecond > 0 ? listWorkloads(asks, "write") : [];
  const known = best?.share.by.filter(({ operation }) => operation === "read") ?? [];
  if (processes !== "one" && writes.length > 0 && known.length > 0) {
    const commands = writes.map((workload) => `${SHARED_COMMANDS[workload]} SIZE=${users}`);
    return { text: `${text}, written to by several processes`, command: commands.join(" and ") };
  }
  const workloads = [...listWorkloads(asks, "read"), ...(processes === "one" ? writes : [])];
  const setting = best?.setting ? ` ${best.setting}` : "";
  return {
    text: setting === "" ? text : `${text},${setting}`,
    command: `make bench SIZE=${users} WORKLOADS=${workloads.join(",")}${setting}`,
  };
}

/** The experiment with a limit makes no more users than fill this many times the limit, and no fewer than fill this part. */
const MULTIPLES = { least: 0.01, most: 100 };
/** Its sizes have two digits, so that they may be this much smaller than what was asked for. */
const ROUNDED = 1.06;
/** Of the lab's own users, as a line: docs/MEMORY.md. */
const LINE_BYTES = 141;

/** Says that it would do, were this memory enough.
 * @param own capacities of this approach
 * @param cells what the experiments with a limit saw of it */
export function describeMemoryGap(
  need: Need & { readonly memoryBytes: number },
  own: readonly Capacity[],
  cells: readonly LimitedCell[],
): Gap {
  const { memoryBytes, users, writesPerSecond, asks, processes } = need;
  const limit = formatLimit(memoryBytes);
  const known = describeEnough(findEnough(need, own));
  const isReadAlone = writesPerSecond === 0 && processes === "one" && asks.every((ask) => ask === "key");
  const served = cells.find(
    (cell) => cell.outcome === "served" && cell.limitBytes <= memoryBytes && cell.users >= users,
  );
  if (served !== undefined)
    return {
      text:
        `${limit} of memory: it serves with ${formatLimit(served.limitBytes)} (${served.run}), but ` +
        (isReadAlone
          ? "so many reads were not asked for under a limit"
          : "under a limit nothing but reads by key of one process is measured"),
      command: null,
    };
  const multiple = ((users * LINE_BYTES) / memoryBytes) * ROUNDED;
  const times = Math.max(MULTIPLES.least, Number(multiple.toPrecision(3)));
  return {
    text: `whether ${limit} of memory is enough${known}${isReadAlone ? "" : "; with a limit only reads by key are measured, which may show that it is too little"}`,
    command:
      times > MULTIPLES.most
        ? null
        : `sudo make memory LIMIT=${Math.floor(memoryBytes / 2 ** 20)}MiB MULTIPLES=${times}`,
  };
}

/** Memory that will do, and whether a rule says so or it was there when it was measured. */
interface EnoughMemory {
  readonly bytes: number;
  readonly isRuled: boolean;
}

function describeEnough(enough: EnoughMemory | undefined): string {
  if (enough === undefined) return "";
  const amount = formatLimit(roundUp(enough.bytes));
  return enough.isRuled
    ? `; by the rule of twice its resident memory and all its files, ${amount} is`
    : `; it was measured where ${amount} were there`;
}

/** Returns the least memory that is enough for all that is asked of so many users; undefined where none is known. */
function findEnough(need: Need, own: readonly Capacity[]): EnoughMemory | undefined {
  const { users, recordBytes, asks, writesPerSecond } = need;
  const workloads = [
    ...listWorkloads(asks, "read"),
    ...(writesPerSecond > 0 ? listWorkloads(asks, "write") : []),
  ];
  const amounts = workloads.map((workload): EnoughMemory | undefined => {
    const larger = own.filter((one) => one.workload === workload && one.users >= users && !isPartial(one));
    const enough = larger.map(({ enoughMemoryBytes, hadMemoryBytes, recordBytes: measured }) => {
      const ruled = (enoughMemoryBytes ?? Number.POSITIVE_INFINITY) * stretchOf(recordBytes, measured);
      return { bytes: Math.min(hadMemoryBytes, ruled), isRuled: ruled < hadMemoryBytes };
    });
    return enough.toSorted((a, b) => a.bytes - b.bytes)[0];
  });
  const known = amounts.filter((one) => one !== undefined);
  return known.length < amounts.length ? undefined : known.toSorted((a, b) => b.bytes - a.bytes)[0];
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20) * 2 ** 20;
}
