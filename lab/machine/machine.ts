// The machine that a run is made on.
import { existsSync } from "node:fs";
import { availableParallelism, cpus, machine, release, totalmem, type } from "node:os";
import * as z from "zod";
import { object } from "../shape.ts";
import { cgroupShape, describeCgroup } from "./cgroup.ts";
import { describeProcessor, processorShape } from "./processor.ts";
import { readSystemText } from "./system-text.ts";

export const machineShape = object({
  cpu: z.string(),
  /** How many this process may use. */
  cores: z.int(),
  /** How many there are. */
  logicalCpus: z.int(),
  processor: processorShape,
  memoryBytes: z.int(),
  /** Maker and model, such as "Amazon EC2 c7g.large"; null where the firmware does not say. */
  product: z.string().nullable(),
  /** Kernel and its version. */
  system: z.string(),
  architecture: z.string(),
  /** What its control group allows the bench; null where there is none. */
  cgroup: cgroupShape.nullable(),
  /** Whether the bench itself runs in a container; absent where a run is older than this field. */
  isContainer: z.boolean().exactOptional(),
});
export type Machine = z.infer<typeof machineShape>;

/** Docker and Podman each leave one in the containers that they make. */
const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv"];

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    logicalCpus: cpus().length,
    processor: describeProcessor(readSystemText),
    memoryBytes: totalmem(),
    product: readProduct(),
    system: `${type()} ${release()}`,
    architecture: machine(),
    cgroup: describeCgroup(readSystemText),
    isContainer: CONTAINER_MARKS.some((file) => existsSync(file)),
  };
}

/** Whether two descriptions are of machines that figures may be compared between: the same processor, cores and memory. */
export function isSameMachine(one: Machine, other: Machine): boolean {
  return one.cpu === other.cpu && one.cores === other.cores && one.memoryBytes === other.memoryBytes;
}

function readProduct(): string | null {
  const [maker, model] = ["sys_vendor", "product_name"].map((name) =>
    readSystemText(`/sys/class/dmi/id/${name}`),
  );
  return [maker, model].filter(Boolean).join(" ") || null;
}
