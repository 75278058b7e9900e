// orders-of-user: GET of one user's number of orders: a second collection, found by a field of its own.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("orders-of-user");
