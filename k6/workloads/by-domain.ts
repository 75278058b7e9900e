// by-domain: GET of the 50 newest users of an email domain. A quarter of all users have each, so an index helps only
// where it is in the order of the list, too.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("by-domain");
