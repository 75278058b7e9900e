// by-email: GET of users by email, chosen uniformly. What an index on a second field is worth: without one it is
// a scan of everything, and nobody is favoured by caching a few.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("by-email");
