// PostgreSQL with an index for each question: what sqlite-indexed is, behind a socket, and for many writers.
//
//   read         one descent of the question's index there, one trip for us
//   write        a user goes into four indexes instead of one, in the same transaction
//   durability   power, as without indexes
//   prefer       it when more than one machine must ask
import { CREATE_POSTGRES_INDEXES } from "../storage/sql-indexes.ts";
import type { OpenStore } from "../storage/user-store.ts";
import { openPostgresWith } from "./postgres.ts";

export const openPostgresIndexed: OpenStore = (options) => openPostgresWith(options, CREATE_POSTGRES_INDEXES);
