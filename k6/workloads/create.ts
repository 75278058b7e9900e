// create: POST of new users. What it costs to keep a user, at the durability that the approach promises: look at
// that before comparing. Only approaches that write, each on a copy of its data.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("create");
