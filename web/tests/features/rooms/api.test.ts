import { describe, expect, it } from "vitest";
import type { Http, HttpAnswer } from "../../../src/features/ports.ts";
import { Api } from "../../../src/features/rooms/api.ts";
import { jsonBytes } from "../../../src/sealing/encoding.ts";
import { seedSigner } from "../../../src/sealing/keys.ts";
import { FakeClock } from "../world/clock.ts";

type Answer = Partial<HttpAnswer> & { readonly nonce?: string };

/** A server that gives these answers in turn; `undefined` is a network that gives none. */
function server(...answers: readonly (Answer | undefined)[]) {
  const clock = new FakeClock();
  const requests: Parameters<Http>[0][] = [];
  let at = 0;
  const http: Http = async (request) => {
    requests.push(request);
    const answer = answers[at++];
    if (!answer) throw new TypeError("no network");
    const headers = new Headers({ "aparte-nonce": answer.nonce ?? `nonce${at}` });
    return { status: 200, headers, body: new Uint8Array(), ...answer };
  };
  const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));
  const api = new Api({ http, clock, random, origin: "https://consult.example.org" });
  const settled = async <T>(promise: Promise<T>): Promise<T | Error> => {
    let outcome: T | Error | undefined;
    promise.then(
      (value) => (outcome = value),
      (error: Error) => (outcome = error),
    );
    await clock.until(() => outcome !== undefined);
    return outcome as T | Error;
  };
  return { api, requests, settled };
}

const signer = seedSigner(new Uint8Array(32).fill(5));
const refusal = (error: string, status = 400): Answer => ({ status, body: jsonBytes({ error }) });
const get = { method: "GET", target: "/v1/blobs/x", signer } as const;
const put = { method: "PUT", target: "/v1/blobs/x", signer, body: new Uint8Array(3) } as const;

describe("a signed request", () => {
  it("fetches a nonce first, and takes the next from each answer", async () => {
    const { api, requests, settled } = server({ nonce: "a" }, { nonce: "b" }, {});
    await settled(api.request(get));
    await settled(api.request(get));
    expect(requests.map(({ target }) => target)).toEqual([
      "/v1/nonce",
      "/v1/blobs/x",
      "/v1/blobs/x",
    ]);
    expect(requests[1]?.headers["signature-input"]).toContain('nonce="a"');
    expect(requests[2]?.headers["signature-input"]).toContain('nonce="b"');
  });

  it("is sent again, with the same idempotency key, when its answer got lost", async () => {
    const { api, requests, settled } = server({}, undefined, {}, {});
    await settled(api.request(put));
    const keys = requests
      .filter(({ method }) => method === "PUT")
      .map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it("is signed anew where the nonce was old", async () => {
    const { api, requests, settled } = server(
      {},
      { ...refusal("stale_nonce", 401), nonce: "n" },
      {},
    );
    expect(await settled(api.request(get))).toEqual(new Uint8Array());
    expect(requests.at(-1)?.headers["signature-input"]).toContain('nonce="n"');
  });

  it.each(["quota_exceeded", "blob_too_large", "not_enrolled"])("rejects with %s", async (code) => {
    const { api, requests, settled } = server({}, refusal(code));
    expect(await settled(api.request(put))).toMatchObject({ name: "ProtocolError", code });
    expect(requests).toHaveLength(2);
  });

  it("rejects with a fault where the answer is not the server's", async () => {
    const page = { status: 502, body: new TextEncoder().encode("<h1>Bad Gateway</h1>") };
    const { api, settled } = server({}, page);
    expect(await settled(api.request(get))).toMatchObject({ code: "internal" });
  });

  it("gives up after some attempts without an answer", async () => {
    const { api, settled } = server();
    expect(await settled(api.request(get))).toBeInstanceOf(TypeError);
  });
});
