// read: GET of existing ids, chosen uniformly. The lessons' workload: every approach does what it is there for.
// It favours whoever keeps all users in memory; nobody asks for the same few users again and again.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("read");
