// orders-by-user: GET of the 50 newest users with their numbers of orders: a join.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("orders-by-user");
