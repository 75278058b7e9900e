// mixed: 95 % GET of existing ids, 5 % POST. Shows what the writes do to the reads beside them.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("mixed");
