// Control: the import the lesson's way, to measure ours against. One insert per record, in file order: the ids are
// random, so each insert goes to a random page of the primary key's index.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { CREATE_USERS_TABLE } from "../../services/storage/users-table.ts";

/** Inserts the users of a data file in one transaction. Returns the number of records read. */
export async function importLessonWay(dataFile: string, databaseFile: string): Promise<number> {
  const database = new DatabaseSync(databaseFile);
  database.exec("PRAGMA journal_mode = WAL");
  database.exec(CREATE_USERS_TABLE);
  const insert = database.prepare(
    "INSERT OR IGNORE INTO users (id, name, email, created_at) VALUES (?, ?, ?, ?)",
  );
  let records = 0;
  database.exec("BEGIN");
  for await (const line of createInterface({ input: createReadStream(dataFile), crlfDelay: Infinity })) {
    if (line.trim() === "") continue;
    const user = JSON.parse(line);
    insert.run(user.id, user.name, user.email, user.created_at);
    records++;
  }
  database.exec("COMMIT");
  database.close();
  return records;
}
