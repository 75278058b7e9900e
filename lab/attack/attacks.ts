import { aborts } from "./aborts.ts";
import type { Attack } from "./attack.ts";
import { connections } from "./connections.ts";
import { databaseAttacks } from "./database.ts";
import { fuzz } from "./fuzz.ts";
import { malformed } from "./malformed.ts";
import { overload } from "./overload.ts";
import { pipelining } from "./pipelining.ts";
import { slowClients } from "./slow-clients.ts";
import { soak } from "./soak.ts";

/** In the order in which they are made. */
export const attacks: readonly Attack[] = [
  ...[fuzz, malformed, connections, slowClients, pipelining, aborts, overload],
  ...databaseAttacks,
  soak,
];
