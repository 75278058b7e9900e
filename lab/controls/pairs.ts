// The pairs that the overhead is measured by: a program against its control, on the data of an approach.
import { fileURLToPath } from "node:url";
import { type ApproachName, mainApproaches } from "../../services/approaches/index.ts";
import type { Load } from "../load/generator.ts";

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const SERVICE = pathOf("services/main.ts");
const BARE = pathOf("lab/controls/bare-server.ts");
const UNOBSERVED = pathOf("lab/controls/unobserved-service.ts");

/** What is compared. */
export interface Pair {
  readonly data: ApproachName;
  /** What is asked, where it is not the reading of any user over all connections. */
  readonly load?: Partial<Pick<Load, "workload" | "connections">>;
  readonly program: { readonly main: string; readonly approach: string };
  readonly control: { readonly main: string; readonly approach: string };
}

const againstBare = (name: ApproachName): Pair => ({
  data: name,
  program: { main: SERVICE, approach: name },
  control: { main: BARE, approach: name },
});

/** The driver in use against another, both under the bare server. */
const againstDriver = (name: string): Pair => ({
  data: "postgres",
  program: { main: BARE, approach: "postgres" },
  control: { main: BARE, approach: name },
});

/** By name; those of the approaches have the names of the approaches. */
export const pairs: Record<string, Pair> = {
  ...Object.fromEntries(mainApproaches.map((name) => [name, againstBare(name)])),
  // A scan costs as much as the record is far in the file: one place for all, and one scan at a time.
  linear: { ...againstBare("linear"), load: { workload: "last", connections: 1 } },
  observing: {
    data: "map",
    program: { main: SERVICE, approach: "map" },
    control: { main: UNOBSERVED, approach: "map" },
  },
  ...Object.fromEntries(
    ["pg", "pg-pipeline", "postgres-unpipelined"].map((name) => [name, againstDriver(name)]),
  ),
};
