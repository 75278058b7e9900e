// miss: GET of ids that do not exist. A scan has to read everything to say no; an index does not care.
// Not for a store of nothing, which finds every id.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("miss");
