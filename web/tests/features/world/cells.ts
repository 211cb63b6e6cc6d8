/** The server's cells, in memory: it takes the next version or none, and signs what it takes. */
import {
  b64u,
  concat,
  fields,
  fromB64u,
  jsonBytes,
  readU64,
  same,
  u64,
} from "../../../src/sealing/encoding.ts";
import { hash } from "../../../src/sealing/kdf.ts";
import { type Signer, sign } from "../../../src/sealing/keys.ts";

const LINK = 250;
const NOTHING = new Uint8Array();

interface Cell {
  readonly links: Uint8Array[];
  accepted: Uint8Array;
  value: Uint8Array;
  claimed?: Uint8Array;
}

const versionOf = (link: Uint8Array): number => Number(readU64(link, 113));

export class FakeCells {
  readonly cells = new Map<string, Cell>();
  readonly #watchers = new Map<string, Set<(latest: number) => void>>();
  readonly #server: Signer;
  /** Called before each change; a test lets somebody else be faster. */
  before: () => Promise<void> = async () => undefined;

  constructor(server: Signer) {
    this.#server = server;
  }

  async request(method: string, id: string, query: URLSearchParams, body?: Uint8Array) {
    if (method === "PUT" && body) {
      await this.before();
      return await this.#put(id, query.has("voucher"), body);
    }
    const cell = this.cells.get(id);
    if (!cell) return refused(404, "not_found");
    if (method === "POST" && body) return await this.#claim(fromB64u(id), cell, body);
    if (method === "DELETE") {
      this.cells.delete(id);
      return { status: 204, body: NOTHING };
    }
    const after = Number(query.get("after") ?? 0);
    const links = cell.links.filter((link) => versionOf(link) > after);
    return {
      status: 200,
      body: fields(concat(...links), cell.accepted, cell.claimed ?? NOTHING, cell.value),
    };
  }

  /** As it is now; the returned function shows that again to everybody. */
  remember(id: string): () => void {
    const { links, accepted, value } = this.cells.get(id) ?? {
      links: [],
      accepted: NOTHING,
      value: NOTHING,
    };
    const then = { links: [...links], accepted, value };
    return () => void this.cells.set(id, then);
  }

  watch(id: string, known: number, tell: (latest: number) => void): boolean {
    const cell = this.cells.get(id);
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(tell));
    const latest = versionOf(cell?.links.at(-1) ?? new Uint8Array(LINK));
    if (latest > known) tell(latest);
    return cell !== undefined;
  }

  async #put(id: string, paid: boolean, body: Uint8Array) {
    const [link, value] = [body.slice(0, LINK), body.slice(LINK)];
    // Before anything is looked at: of two at once the second one finds the first.
    const time = u64(1_772_000_000);
    const signature = await sign(this.#server, "aparte/1 cell accepted", hash(link), time);
    const accepted = concat(time, signature);
    const cell = this.cells.get(id);
    const last = cell?.links.at(-1);
    if (paid === (cell !== undefined)) return refused(409, paid ? "already_exists" : "not_found");
    const follows = !last || same(link.slice(122, 154), hash(last));
    if (!follows || versionOf(link) !== (cell?.links.length ?? 0) + 1) {
      return refused(409, "stale_version");
    }
    const claimed = cell?.claimed ? { claimed: cell.claimed } : {};
    this.cells.set(id, { links: [...(cell?.links ?? []), link], accepted, value, ...claimed });
    for (const tell of this.#watchers.get(id) ?? []) tell(versionOf(link));
    return { status: 200, body: accepted };
  }

  async #claim(id: Uint8Array, cell: Cell, body: Uint8Array) {
    if (cell.claimed && !same(cell.claimed.slice(0, 64), body.slice(0, 64))) {
      return refused(409, "already_claimed");
    }
    const closed = cell.links.at(-1)?.[121] === 1;
    if (closed && !cell.claimed) return refused(409, "cell_closed");
    // Of two at once the first one's stands before anything is waited for.
    cell.claimed ??= body;
    if (cell.claimed.length > body.length) return { status: 201, body: cell.claimed };
    const time = u64(1_772_000_000);
    const said = [id, body.slice(0, 32), body.slice(32, 64), time];
    const signature = await sign(this.#server, "aparte/1 claim accepted", ...said);
    cell.claimed = concat(body, time, signature);
    const version = versionOf(cell.links.at(-1) ?? new Uint8Array(LINK));
    for (const tell of this.#watchers.get(b64u(id)) ?? []) tell(version);
    return { status: 201, body: cell.claimed };
  }
}

const refused = (status: number, error: string) => ({ status, body: jsonBytes({ error }) });
