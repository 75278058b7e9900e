import type { PreparedRequest } from "../../k6/lib/requests.ts";

/** Returns a request as it goes over the socket.
 * @param authority the Host header: host:port */
export function formatRequest(
  { method, path, body }: Pick<PreparedRequest, "method" | "path" | "body">,
  authority: string,
): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${authority}\r\n`;
  if (body === null) return `${head}\r\n`;
  return `${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
