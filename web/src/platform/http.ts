/** Requests to the server that served the page. */
import type { Http } from "../features/ports.ts";

export const http: Http = async ({ method, target, headers, body }) => {
  const answer = await fetch(target, {
    method,
    headers,
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    redirect: "error",
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
  return {
    status: answer.status,
    headers: answer.headers,
    body: new Uint8Array(await answer.arrayBuffer()),
  };
};
