// last: GET of the last record of the file as seeded, the same id for every approach. The worst case of a scan,
// and the best case of every cache.
import { closedOptions, prepareRequests } from "../lib/closed.ts";

export { handleSummary, setup } from "../lib/closed.ts";
export const options = closedOptions();
export default prepareRequests("last");
