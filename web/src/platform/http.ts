/** Requests to the server that served the page. */
import type { Http } from "../features/ports.ts";

/** What is larger goes as a blob: tools that listen to requests are handed a copy of all else. */
const LARGE = 256 * 1024;

const bodyOf = (body: Uint8Array): BodyInit => {
  // What is sent is never shared memory, which alone is not copied as it is.
  const own = body as Uint8Array<ArrayBuffer>;
  return body.length > LARGE ? new Blob([own]) : own;
};

export const http: Http = async ({ method, target, headers, body, signal }) => {
  const answer = await fetch(target, {
    method,
    headers,
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    redirect: "error",
    ...(body ? { body: bodyOf(body) } : {}),
    ...(signal ? { signal } : {}),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: new Uint8Array(await answer.arrayBuffer()),
  };
};
