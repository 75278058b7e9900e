import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseTrace } from "../../lab/measure/syscall-trace.ts";

/** Lines as strace -f -y 6.1 wrote them of a service. */
const parse = (...lines: string[]) => parseTrace(lines.map((line) => `${line}\n`).join(""));

describe("a trace", () => {
  test("has a call per line: its name, what it worked on, its text and what it returned", () => {
    const calls = parse(
      '12768 read(22<socket:[2966920]>, "GET /users/06f0 HTTP/1.1\\r\\nHost: "..., 65536) = 69',
      '12795 openat(AT_FDCWD</work>, "/data/users.idx", O_RDONLY|O_CLOEXEC) = 23</data/users.idx>',
      '12795 pread64(23</data/users.idx>, "792e61cd-f66e"..., 58, 28942) = 58',
      "12817 fsync(22</data/users.db-wal>)      = 0",
    );
    assert.deepEqual(calls, [
      { name: "read", target: "socket", text: "GET /users/06f0 HTTP/1.1\\r\\nHost: ", result: 69 },
      { name: "openat", target: "file", text: "/data/users.idx", result: 23 },
      { name: "pread64", target: "file", text: "792e61cd-f66e", result: 58 },
      { name: "fsync", target: "file", text: "", result: 0 },
    ]);
  });

  test("tells files and sockets from queues, wake-ups, memory, time and what the kernel shows of itself", () => {
    const targets = parse(
      '1 openat(AT_FDCWD, "/data/a", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '1 unlink("/data/a")                     = 0',
      '1 write(5</data/a>(deleted), "x", 1)    = 1',
      "1 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 23<socket:[41]>",
      "1 epoll_pwait(15<anon_inode:[eventpoll]>, [{events=EPOLLIN, data={u32=22, u64=22}}], 1024, 0, NULL, 8) = 1",
      '1 write(19<anon_inode:[eventfd]>, "\\1\\0\\0\\0\\0\\0\\0\\0", 8) = 8',
      '1 read(5<pipe:[312]>, "*", 1)           = 1',
      "1 mmap(NULL, 36755, PROT_READ, MAP_PRIVATE, 3</data/a>, 0) = 0x7f8f19e4b000",
      "1 futex(0x19af0030, FUTEX_WAKE_PRIVATE, 1) = 1",
      '1 openat(AT_FDCWD</work>, "/sys/devices/system/cpu/cpu0/tsc_freq_khz", O_RDONLY) = -1 ENOENT (No such file)',
      '1 read(24</proc/self/stat>, "1 (node)"..., 1024) = 300',
    ).map(({ target }) => target);
    assert.deepEqual(targets, ["file", "file", "file", "socket", ...new Array(7).fill("other")]);
  });

  test("puts together what other threads' lines have cut apart, in the order of the answers", () => {
    const calls = parse(
      "12839 read(22<socket:[2966513]>,  <unfinished ...>",
      "12852 close(23</data/users.jsonl> <unfinished ...>",
      '12839 <... read resumed>"GET /users/7060 HTTP/1.1\\r\\n"..., 65536) = 69',
      "12852 <... close resumed>)              = 0",
    );
    assert.deepEqual(
      calls.map(({ name, target, text }) => [name, target, text]),
      [
        ["read", "socket", "GET /users/7060 HTTP/1.1\\r\\n"],
        ["close", "file", ""],
      ],
    );
  });

  test("keeps failed calls as such", () => {
    const [call] = parse(
      "1 read(22<socket:[1]>, 0x7f0, 65536)    = -1 EAGAIN (Resource temporarily unavailable)",
    );
    assert.equal(call?.result, -1);
  });

  test("leaves out calls that were interrupted and are made again, or never returned", () => {
    const calls = parse(
      "1 read(22<socket:[1]>, 0x7f0, 65536)    = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
      "1 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=29234, si_uid=0} ---",
      "2 futex(0x19af0030, FUTEX_WAIT, 0, NULL <unfinished ...>",
      "1 exit_group(0)                         = ?",
      "2 <... futex resumed>)                  = ?",
      "2 +++ exited with 0 +++",
      "1 +++ killed by SIGKILL +++",
    );
    assert.deepEqual(calls, []);
  });

  test("is not confused by what services read: quotes, brackets, and the signs of strace itself", () => {
    const [call, ...others] = parse(
      '1 write(22<socket:[1]>, "{\\"name\\":\\"a) = 5 <unfinished ...>\\"}"..., 300) = 300',
    );
    assert.deepEqual(others, []);
    assert.equal(call?.result, 300);
    assert.equal(call?.text, '{\\"name\\":\\"a) = 5 <unfinished ...>\\"}');
  });

  test("may end in a line that is still being written", () => {
    assert.equal(parseTrace('1 close(3</a>) = 0\n1 read(4</b>, "unfin').length, 1);
  });

  test("with a line that strace does not write is refused", () => {
    assert.throws(() => parse("1 close(3</a>) = 0", "out of memory"), /not known: out of memory/);
  });
});
