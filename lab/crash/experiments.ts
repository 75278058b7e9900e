import { disk } from "./disk.ts";
import type { Experiment } from "./experiment.ts";
import { indexKill } from "./index-kill.ts";
import { kill } from "./kill.ts";
import { power } from "./power.ts";
import { speed } from "./speed.ts";
import { tear } from "./tear.ts";

/** In the order in which they are made: those that need least first. */
export const experiments: readonly Experiment[] = [tear, kill, power, disk, indexKill, speed];
