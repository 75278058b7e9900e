// miss: GET of ids that do not exist. A scan has to read everything to say no; an index does not care.
// Not for a store of nothing, which finds every id.
import { closedOptions, prepareRequests } from "../lib/closed.ts";

export { handleSummary, setup } from "../lib/closed.ts";
export const options = closedOptions();
export default prepareRequests("miss");
