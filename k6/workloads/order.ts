// order: POST of orders: an order inserted and a piece taken from the inventory, both or neither. Of items of which
// there are enough, so it shows what the transaction costs, not who comes too late.
import { loadOptions, prepareRequests } from "../lib/load.ts";

export { connect, handleSummary, setup } from "../lib/load.ts";
export const options = loadOptions();
export default prepareRequests("order");
