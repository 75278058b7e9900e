// count-since: GET of the number of users created since a time, half of them on average. A B-tree walks over all that it
// counts; an array in memory that is kept in order needs one search.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("count-since");
