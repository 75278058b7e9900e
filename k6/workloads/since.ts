// since: GET of the 50 newest users created since a time. With an index in that order it is a walk over 50 neighbours,
// whatever the time; without one everything is looked at and put in order.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("since");
