// build-index again and again beside a service that reads.
import { appendFileSync } from "node:fs";
import { DEFAULT_SEED, seededUser } from "../../k6/lib/users.ts";
import type { ApproachName } from "../../services/approaches/index.ts";
import { openConversation } from "../load/conversation.ts";
import { startService } from "../targets/native-service.ts";
import type { Finding, Stage } from "./experiment.ts";
import { buildIndexOf, runJob } from "./killed-jobs.ts";
import { filesIn, NEW_USERS, OLD_USERS, toLines, writeOldAndNew } from "./old-and-new.ts";

const REBUILDS = { short: 2, full: 15 };

/** Reads users of the old index, which every later one has as well. */
export async function readWhileBuilding(approach: ApproachName, stage: Stage): Promise<Finding> {
  const { signal, onProgress } = stage;
  const rebuilds = stage.isFull ? REBUILDS.full : REBUILDS.short;
  const folder = await writeOldAndNew(stage.folder);
  await using service = await startService({ approach, dataDir: folder, signal });
  using conversation = await openConversation({ ...service, signal });
  let [built, reads, wrong, isOver] = [0, 0, 0, false];
  const build = async () => {
    for (; built < rebuilds; built++) {
      onProgress(built, rebuilds);
      // A user more makes the file unsorted, so that all of it is written anew.
      appendFileSync(filesIn(folder).dataFile, toLines(NEW_USERS + built, NEW_USERS + built + 1));
      await runJob(buildIndexOf, filesIn(folder), signal);
    }
  };
  const read = async () => {
    while (!isOver) {
      const user = seededUser(DEFAULT_SEED, (reads * 7_919) % OLD_USERS);
      const { status, body } = await conversation.ask({
        method: "GET",
        path: `/users/${user.id}`,
        body: null,
      });
      reads++;
      if (status !== 200 || body !== JSON.stringify(user)) wrong++;
    }
  };
  const building = build().finally(() => {
    isOver = true;
  });
  await Promise.all([building, read()]);
  return {
    holds: wrong === 0 && reads > rebuilds,
    measured: `${reads} reads beside ${built} builds: ${wrong} wrong answers`,
    figures: { reads, built, wrong },
  };
}
