// One at a time: two benches on one machine would measure each other.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Takes the lock of a data folder for this process. The lock of a process that has ended counts for nothing.
 * @throws Error that names the process which holds it
 */
export function lockData(root: string): Disposable {
  mkdirSync(root, { recursive: true });
  const file = join(root, "lock");
  while (!tryCreate(file)) {
    const holder = Number(readFileSync(file, "utf8"));
    if (holder > 0 && isAlive(holder))
      throw new Error(
        `${root} is in use by process ${holder} (${file}); two benches would measure each other`,
      );
    rmSync(file, { force: true });
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

function tryCreate(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
