import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeProcessor, parseIsVirtual } from "../../lab/machine/processor.ts";

const CPU = "/sys/devices/system/cpu";
const from = (files: Readonly<Record<string, string>>, lscpu: string | null = null) =>
  describeProcessor(
    (path) => files[path] ?? null,
    () => lscpu,
  );

describe("a processor", () => {
  test("is virtual when its flags say so; without flags nobody knows", () => {
    assert.equal(parseIsVirtual("processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n"), true);
    assert.equal(parseIsVirtual("processor\t: 0\nflags\t\t: fpu vme lahf_lm\nbugs\t\t: hypervisor\n"), false);
    assert.equal(parseIsVirtual("processor\t: 0\nFeatures\t: fp asimd\n"), null);
  });

  test("says by whom it is virtual, if lscpu knows", () => {
    const lscpu =
      "Vendor ID:                GenuineIntel\nHypervisor vendor:        KVM\nVirtualization type: full\n";
    assert.equal(from({}, lscpu).hypervisor, "KVM");
    assert.equal(from({}, "Vendor ID:   GenuineIntel\n").hypervisor, null);
  });

  test("says what may change its speed", () => {
    const files = {
      [`${CPU}/cpu0/cpufreq/scaling_governor`]: "schedutil",
      [`${CPU}/smt/active`]: "1",
      [`${CPU}/cpufreq/boost`]: "0",
    };
    const { governor, isSmt, isTurbo } = from(files);
    assert.deepEqual([governor, isSmt, isTurbo], ["schedutil", true, false]);
  });

  test("has turbo unless Intel's driver says that there is none", () => {
    const noTurbo = `${CPU}/intel_pstate/no_turbo`;
    assert.equal(from({ [noTurbo]: "0" }).isTurbo, true);
    assert.equal(from({ [noTurbo]: "1", [`${CPU}/cpufreq/boost`]: "1" }).isTurbo, false);
  });

  test("says nothing where the system does not", () => {
    const nothing = { governor: null, isTurbo: null, isSmt: null, isVirtual: null, hypervisor: null };
    assert.deepEqual(from({}), nothing);
  });
});
