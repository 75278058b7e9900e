// Fuzzing from the service's own description: Schemathesis makes requests that fit it and requests that do not, and checks
// that what comes back does. https://schemathesis.readthedocs.io
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { Approach } from "../../services/approaches/approach.ts";
import type { Attack } from "./attack.ts";

const run = promisify(execFile);
const PROGRAM = "schemathesis";
const EXAMPLES = { full: 500, short: 4 };
const LIMIT_MS = 1_800_000;
/** In patterns of the description: what Python's expressions cannot generate from. No request in UTF-8 can have it. */
const SURROGATES = "\\\\ud800-\\\\udfff";

/** What is read of its report. */
const reportShape = z.object({
  complete: z.boolean(),
  test_cases: z.object({ generated: z.int() }),
  failures: z.array(z.object({ title: z.string() }).loose()),
  errors: z.array(z.object({ title: z.string() }).loose()),
});

let lack: string | null | undefined;

export const fuzz: Attack = {
  name: "fuzz",
  summary: "Schemathesis: requests made from /openapi.json, right and wrong; all answers must be as it says",
  concerns: () => true,
  must: () => "hold",
  findLack: () => {
    lack ??= findProgram();
    return lack;
  },
  async run({ row, service }, { folder, isFull, seed, signal }) {
    const own = mkdtempSync(join(folder, "fuzz-"));
    const base = `http://${service.host}:${service.port}`;
    const [description, config, report] = ["openapi.json", "schemathesis.toml", "report.json"].map((file) =>
      join(own, file),
    ) as [string, string, string];
    const text = await (await fetch(`${base}/openapi.json`, { signal })).text();
    writeFileSync(description, text.replaceAll(SURROGATES, ""));
    writeFileSync(config, formatConfig(row));
    const args = [
      ...["--config-file", config, "run", description, "--url", base, "--seed", String(seed), "--no-color"],
      ...["--max-examples", String(isFull ? EXAMPLES.full : EXAMPLES.short)],
      ...["--report", "json", "--report-json-path", report],
    ];
    // It ends with 1 when it found something, which is in its report.
    const { stdout } = await run(PROGRAM, args, {
      cwd: own,
      signal,
      timeout: LIMIT_MS,
      maxBuffer: 2 ** 26,
    }).catch((error) => {
      signal.throwIfAborted();
      if (error.code !== 1)
        throw new Error(`${PROGRAM}: ${lastLines(error.stdout || error.stderr || error.message)}`);
      return error as { stdout: string };
    });
    const { complete, test_cases, failures, errors } = reportShape.parse(
      JSON.parse(readFileSync(report, "utf8")),
    );
    const found = [...failures, ...errors].map(({ title }) => title);
    return {
      wrong: [
        ...new Set(found),
        ...(found.length > 0 ? [lastLines(stdout)] : []),
        ...(complete ? [] : ["it did not come to its end"]),
        ...(test_cases.generated === 0 ? ["it made no request"] : []),
      ],
      measured: `${test_cases.generated} requests made from the description, ${found.length} not answered as it says`,
      figures: { requests: test_cases.generated, failures: failures.length, errors: errors.length },
      acknowledged: [],
    };
  },
};

function findProgram(): string | null {
  try {
    execFileSync(PROGRAM, ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return `${PROGRAM} is not on the PATH (pip install ${PROGRAM})`;
  }
}

/** Routes of questions about users, and about orders. */
const LISTS = ["/users", "/users/count"];
const ORDERS = ["/orders", "/users/orders/count", "/users/{id}/orders/count"];

/** Every other method is a 404 here and not a 405. Where a row cannot write, or has no batches, 500 is the documented answer
 * to a request that is right; that no other answer comes is still checked. The filters of one entry add up: a path and a
 * method would be all of that path, and all of that method. */
function formatConfig({ writes, batches = "none", answers = [] }: Approach): string {
  const without = (filter: string) =>
    `[[operations]]\n${filter}\nchecks.not_a_server_error.enabled = false\nchecks.positive_data_acceptance.enabled = false\n`;
  return [
    "[checks]\nunsupported_method.enabled = false\n",
    // That exactly one of its fields is asked for no description of a query can say; 501 is where nobody answers.
    ...LISTS.map((path) => without(`include-name = "GET ${path}"`)),
    ...(answers.includes("order") ? [] : ORDERS.map((path) => without(`include-path = "${path}"`))),
    ...(writes ? [] : [without('include-method = "POST"')]),
    ...(writes && batches === "none" ? [without('include-path = "/users/batch"')] : []),
  ].join("\n");
}

const lastLines = (text: string): string => text.trim().split("\n").slice(-40).join(" | ").slice(0, 2_000);
