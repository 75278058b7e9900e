// What the system says of its processor: what may change its speed, and whether it is one at all.
import { execFileSync } from "node:child_process";
import * as z from "zod";
import { object } from "../shape.ts";
import type { ReadText } from "./system-text.ts";

const CPU = "/sys/devices/system/cpu";

export const processorShape = object({
  /** What decides about its frequency, such as "performance". */
  governor: z.string().nullable(),
  /** Whether it may run faster than its nominal frequency for a while. */
  isTurbo: z.boolean().nullable(),
  /** Whether two of its logical processors share a core. */
  isSmt: z.boolean().nullable(),
  /** Whether it belongs to a virtual machine. */
  isVirtual: z.boolean().nullable(),
  /** Who made the virtual machine, such as "KVM". */
  hypervisor: z.string().nullable(),
});
export type Processor = z.infer<typeof processorShape>;

/** Describes the processor of a Linux; all null elsewhere.
 * @param readLscpu returns what lscpu prints, or null; of all files it alone knows the hypervisor by name */
export function describeProcessor(read: ReadText, readLscpu = runLscpu): Processor {
  const isVirtual = parseIsVirtual(read("/proc/cpuinfo") ?? "");
  const noTurbo = asBoolean(read(`${CPU}/intel_pstate/no_turbo`));
  return {
    governor: read(`${CPU}/cpu0/cpufreq/scaling_governor`),
    isTurbo: noTurbo === null ? asBoolean(read(`${CPU}/cpufreq/boost`)) : !noTurbo,
    isSmt: asBoolean(read(`${CPU}/smt/active`)),
    isVirtual,
    hypervisor: /^Hypervisor vendor: +(.+)$/m.exec(readLscpu() ?? "")?.[1] ?? null,
  };
}

/** An x86 says in its flags that there is a hypervisor; others do not say. */
export function parseIsVirtual(cpuInfo: string): boolean | null {
  const flags = /^flags\s*: (.*)$/m.exec(cpuInfo)?.[1];
  return flags === undefined ? null : flags.split(" ").includes("hypervisor");
}

function asBoolean(text: string | null): boolean | null {
  return text === null ? null : text === "1";
}

function runLscpu(): string | null {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    return execFileSync("lscpu", { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return null;
  }
}
