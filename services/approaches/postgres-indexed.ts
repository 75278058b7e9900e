// PostgreSQL with an index for each question: what sqlite-indexed is, behind a socket, and for many writers.
//
//   read         one descent of the question's index there, one trip for us
//   write        a user goes into four indexes instead of one, in the same transaction
//   order        one statement: takes a piece where one is left and inserts the order. Orders of the same item wait for each
//                other, on that row only
//   durability   power, as without indexes
//   prefer       it when more than one machine must ask, or orders of different items must not wait for each other
import { askAll } from "../storage/postgres-questions.ts";
import { CREATE_POSTGRES_SHOP, SHOP_TABLES } from "../storage/shop-tables.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { openPostgresWith } from "./postgres.ts";

export const openPostgresIndexed: OpenStore = (options) =>
  openPostgresWith(options, {
    create: CREATE_POSTGRES_SHOP,
    tables: SHOP_TABLES,
    ask: askAll,
  });
