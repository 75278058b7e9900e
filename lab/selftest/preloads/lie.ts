// Preloaded into a service, `node --import "lie.ts?every=1000"`: every so many-th user is answered with one letter of the
// name changed. Status and length are right; who looks at nothing else sees nothing.
import { ServerResponse } from "node:http";
import { readSetting } from "./preload.ts";

const every = readSetting(import.meta.url, "every");
const NAME = /("name":")(.)/;

let users = 0;
const { end } = ServerResponse.prototype;
// biome-ignore lint/suspicious/noExplicitAny: passed on to an overloaded method
ServerResponse.prototype.end = function endWithLie(this: ServerResponse, ...[body, ...rest]: any[]) {
  const isLie = typeof body === "string" && NAME.test(body) && ++users % every === 0;
  return end.call(this, isLie ? body.replace(NAME, changeLetter) : body, ...(rest as []));
} as typeof end;

function changeLetter(_text: string, before: string, letter: string): string {
  return before + (letter === "X" ? "Y" : "X");
}
