/** Signed requests to the server, with its nonces and its errors. */
import { isErrorCode, ProtocolError } from "../../protocol/errors.ts";
import { signRequest } from "../../protocol/httpsig.ts";
import { b64u, jsonBytes, jsonObject } from "../../sealing/encoding.ts";
import { type Digest, slowDigest } from "../../sealing/kdf.ts";
import type { Random, Signer } from "../../sealing/keys.ts";
import type { Clock, Http, HttpAnswer } from "../ports.ts";

const NONCE_HEADER = "aparte-nonce";
/** They hold five minutes; the next comes with every answer. */
const NONCE_LIFE = 4 * 60_000;
/** A request whose answer was lost is sent again, as the same one, after these pauses. */
const PAUSES = [500, 1_500, 4_000] as const;

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly target: string;
  readonly signer: Signer;
  readonly body?: Uint8Array;
  /** SHA-256 of the body, where it is known. */
  readonly digest?: Uint8Array;
  /** Media type of the body. */
  readonly media?: string;
  /** Bytes of a blob, from the first number to before the second; what comes is checked by who asked. */
  readonly range?: readonly [number, number];
  /** Gives the answer up. */
  readonly signal?: AbortSignal | undefined;
  /** 22 characters of base64url, of a request that is to be the same one as an earlier one. */
  readonly idempotencyKey?: string;
}

export class Api {
  readonly #http: Http;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #origin: string;
  readonly #digest: Digest;
  #nonce: { readonly value: string; readonly until: number } | undefined;

  constructor(given: {
    readonly http: Http;
    readonly clock: Clock;
    readonly random: Random;
    readonly origin: string;
    /** Where long bodies are sent. */
    readonly digest?: Digest;
  }) {
    this.#http = given.http;
    this.#clock = given.clock;
    this.#random = given.random;
    this.#origin = given.origin;
    this.#digest = given.digest ?? slowDigest;
  }

  /**
   * The body of a successful answer. Rejects with a ProtocolError that has the server's code, or
   * with what `http` rejects with after several attempts without an answer.
   */
  async request(request: ApiRequest): Promise<Uint8Array> {
    const given = request.idempotencyKey ?? b64u(this.#random(16));
    const idempotencyKey = request.method === "GET" ? undefined : given;
    for (let attempt = 0; ; attempt += 1) {
      const pause = PAUSES[attempt];
      try {
        return this.#accepted(await this.#send(request, idempotencyKey));
      } catch (error) {
        const again = !(error instanceof ProtocolError) || error.code === "stale_nonce";
        if (!again || pause === undefined || request.signal?.aborted) throw error;
        if (!(error instanceof ProtocolError)) await this.#wait(pause);
      }
    }
  }

  /** What anybody may have. Rejects with a ProtocolError, or as `http` does. */
  async open(target: string): Promise<Uint8Array> {
    return this.#accepted(this.#learn(await this.#http({ method: "GET", target, headers: {} })));
  }

  post(target: string, signer: Signer, body: object, idempotencyKey?: string): Promise<Uint8Array> {
    const same = idempotencyKey ? { idempotencyKey } : {};
    const media = "application/json";
    return this.request({ method: "POST", target, signer, body: jsonBytes(body), media, ...same });
  }

  async #send(request: ApiRequest, idempotencyKey: string | undefined): Promise<HttpAnswer> {
    const { method, target, signer, body, digest, media, range, signal } = request;
    const signed = await signRequest(
      {
        method,
        origin: this.#origin,
        target,
        nonce: await this.#takeNonce(),
        ...(body ? { digest: digest ?? (await this.#digest(body)) } : {}),
        ...(idempotencyKey ? { idempotencyKey } : {}),
      },
      signer,
    );
    const headers = {
      ...signed,
      ...(media ? { "content-type": media } : {}),
      ...(range ? { range: `bytes=${range[0]}-${range[1] - 1}` } : {}),
    };
    const more = { ...(body ? { body } : {}), ...(signal ? { signal } : {}) };
    return this.#learn(await this.#http({ method, target, headers, ...more }));
  }

  async #takeNonce(): Promise<string> {
    const held = this.#nonce;
    this.#nonce = undefined;
    if (held && held.until > this.#clock.now()) return held.value;
    const answer = await this.#http({ method: "GET", target: "/v1/nonce", headers: {} });
    const fresh = answer.headers.get(NONCE_HEADER);
    if (!fresh) throw new ProtocolError("internal", "no nonce came");
    return fresh;
  }

  #learn(answer: HttpAnswer): HttpAnswer {
    const value = answer.headers.get(NONCE_HEADER);
    if (value) this.#nonce = { value, until: this.#clock.now() + NONCE_LIFE };
    return answer;
  }

  #accepted({ status, body }: HttpAnswer): Uint8Array {
    if (status >= 200 && status < 300) return body;
    let code: unknown;
    try {
      const error = jsonObject(body);
      code = "error" in error ? error.error : undefined;
    } catch {
      // A proxy's page, not our server's answer.
    }
    throw new ProtocolError(isErrorCode(code) ? code : "internal");
  }

  #wait(ms: number): Promise<void> {
    return new Promise((done) => this.#clock.after(ms, done));
  }
}
