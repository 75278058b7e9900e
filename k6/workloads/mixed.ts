// mixed: 95 % GET of existing ids, 5 % POST. Shows what the writes do to the reads beside them.
import { closedOptions, prepareRequests } from "../lib/closed.ts";

export { handleSummary, setup } from "../lib/closed.ts";
export const options = closedOptions();
export default prepareRequests("mixed");
