// Preloaded into a service, `node --import "lie.ts?every=1000&atOnce=0"`: every so many-th user is answered with one letter
// of the name changed, at once or from the signal SIGUSR2 on. Status and length are right; who looks at nothing else sees
// nothing.
import { ServerResponse } from "node:http";
import { readSetting } from "./preload.ts";

const every = readSetting(import.meta.url, "every");
/** Up to the first letter that is one byte, as what it is changed to is: one of two bytes would make the body too short. */
const NAME = /("name":"[^"\\]*?)([A-Za-z])/;

let isLying = readSetting(import.meta.url, "atOnce") === 1;
process.on("SIGUSR2", () => {
  isLying = true;
});

let users = 0;
const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function endWithLie(this: ServerResponse, ...args: unknown[]): ServerResponse {
  const [body, ...rest] = args;
  const isLie = isLying && typeof body === "string" && NAME.test(body) && ++users % every === 0;
  return Reflect.apply(end, this, isLie ? [body.replace(NAME, changeLetter), ...rest] : args);
};

function changeLetter(_text: string, before: string, letter: string): string {
  return before + (letter === "X" ? "Y" : "X");
}
