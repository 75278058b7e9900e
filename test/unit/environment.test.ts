// The shape of environment.json: whatever is missing, wrong or unknown is named.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { environmentShape } from "../../lab/measure/environment.ts";
import { checkShape } from "../../lab/shape.ts";
import { environment } from "../helpers/measurements.ts";

type Path = readonly (string | number)[];
type Json = Record<string | number, unknown>;

/** Named by whoever filled them, so that none has to be there. */
const NAMED_FREELY = /^(software|generators|stores|containers|stores\.\w+\.(settings|versions))$/;

const full = {
  ...environment,
  containers: {
    map: {
      image: "lab-service",
      imageId: "sha256:0123",
      digests: ["lab@sha256:4567"],
      cpuLimitCores: 1.5,
      memoryLimitBytes: 4e9,
    },
  },
  dashboards: "http://localhost:3000",
};

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The path of each field, in whatever depth. */
function listPaths(value: Json, path: Path = []): Path[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = [...path, key];
    return [own, ...(isObject(inner) ? listPaths(inner, own) : [])];
  });
}

/** A copy of the environment in which the folder of a path was changed. */
function changed(path: Path, change: (parent: Json, key: string | number) => void): unknown {
  const copy = structuredClone(full) as Json;
  const parent = path.slice(0, -1).reduce<Json>((folder, key) => folder[key] as Json, copy);
  change(parent, path.at(-1) as string);
  return copy;
}

const check = (value: unknown) => checkShape(environmentShape, value, "environment.json");
const isNamedFreely = (path: Path) => NAMED_FREELY.test(path.slice(0, -1).join("."));
/** What runs of an older lab lack. */
const isOfLaterLabs = (path: Path) => path.join(".") === "endedAt";

describe("an environment", () => {
  const paths = listPaths(full as unknown as Json);

  test("is the same after it was written and read", () => {
    assert.deepEqual(check(JSON.parse(JSON.stringify(full))), full);
    assert.ok(paths.length > 70, `${paths.length} fields`);
  });

  test("may be of an open load, and of a run that ends when it is precise", () => {
    const open = { ...full, load: "open", rateRequestsPerSecond: 200.5, precision: 0.05 };
    assert.deepEqual(check(open), open);
  });

  test("is refused without any of its fields, by the name of the field", () => {
    for (const path of paths.filter((path) => !isNamedFreely(path) && !isOfLaterLabs(path))) {
      const value = changed(path, (parent, key) => delete parent[key]);
      const name = path.join("\\.");
      const message = new RegExp(`^environment\\.json: ${name}: expected .*, found nothing$`);
      assert.throws(() => check(value), { message }, name);
    }
  });

  test("is read without what runs of an older lab do not have", () => {
    const later = paths.filter(isOfLaterLabs);
    assert.deepEqual(later, [["endedAt"]]);
    for (const path of later) check(changed(path, (parent, key) => delete parent[key]));
  });

  test("is refused with something else in any field, by the name of the field", () => {
    for (const path of paths) {
      const value = changed(path, (parent, key) => {
        parent[key] = Array.isArray(parent[key]) ? {} : [];
      });
      const name = path.join("\\.");
      assert.throws(() => check(value), { message: new RegExp(`^environment\\.json: ${name}: `) }, name);
    }
  });

  test("is refused with a field that nobody knows, at any depth", () => {
    const objects = [[], ...paths].filter((path) => {
      const inside = path.reduce<unknown>((value, key) => (value as Json)[key], full);
      return isObject(inside) && !isNamedFreely([...path, "any"]);
    });
    assert.ok(objects.length > 8);
    for (const path of objects) {
      const value = changed([...path, "more"], (parent, key) => {
        parent[key] = 1;
      });
      assert.throws(() => check(value), /: expected no more$/, path.join("."));
    }
  });

  test("is refused with what no JSON can hold", () => {
    const fdatasync = { ...full.fdatasync, p99Ms: Number.NaN };
    assert.throws(() => check({ ...full, fdatasync }), /fdatasync\.p99Ms: expected number, found NaN/);
  });
});
