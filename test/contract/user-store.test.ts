import { after, before } from "node:test";
import { type PostgresServer, startPostgres } from "../../lab/targets/postgres-server.ts";
import { type Approach, approaches } from "../../services/approaches/index.ts";
import { makeTemporaryFolder } from "../helpers/temporary-folder.ts";
import { testUserStore } from "./user-store.ts";

const folder = makeTemporaryFolder();
let postgres: PostgresServer;

before(async () => {
  postgres = await startPostgres({ folder: folder.path });
});
after(async () => {
  await postgres.stop();
  folder[Symbol.dispose]();
});

for (const [name, row] of Object.entries<Approach>(approaches)) {
  testUserStore(name, row, () => postgres.urlOf("postgres"));
}
