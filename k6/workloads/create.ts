// create: POST of new users. What it costs to keep a user, at the durability that the approach promises: look at
// that before comparing. Only approaches that write, each on a copy of its data.
import { closedOptions, prepareRequests } from "../lib/closed.ts";

export { handleSummary, setup } from "../lib/closed.ts";
export const options = closedOptions();
export default prepareRequests("create");
