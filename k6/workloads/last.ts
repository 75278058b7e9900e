// last: GET of the last record of the file as seeded, the same id for every approach. The worst case of a scan,
// and the best case of every cache.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("last");
