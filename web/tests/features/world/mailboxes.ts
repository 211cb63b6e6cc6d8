/** The server's mailboxes, in memory: whoever asks may; who signed is the server's own tests' business. */
import { concat, jsonBytes, u32, u64 } from "../../../src/sealing/encoding.ts";

interface Letter {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

interface Box {
  /** Seconds that its letters rest, where whoever made it has said so. */
  readonly keep: string | null;
  last: number;
  letters: Letter[];
  readonly watchers: Set<(latest: number) => void>;
  /** Whom to tell that there is no such mailbox any more. */
  readonly mourners: Set<() => void>;
}

export class FakeMailboxes {
  readonly boxes = new Map<string, Box>();
  /** Every letter that was appended, in order. */
  readonly appended: Uint8Array[] = [];
  /** What becomes of a letter between sender and owner. */
  tamper: (letter: Uint8Array) => readonly Uint8Array[] = (letter) => [letter];
  /** No answer comes. */
  down = false;
  /** What the next mailbox is refused with, for as long as it stands here. */
  refused = "";

  request(method: string, id: string, query: URLSearchParams, body?: Uint8Array) {
    if (this.down) throw new TypeError("network");
    const box = this.boxes.get(id);
    if (method === "PUT" && this.refused && !box)
      return { status: 403, body: jsonBytes({ error: this.refused }) };
    if (method === "PUT") {
      if (!box) {
        const keep = query.get("keep");
        this.boxes.set(id, {
          keep,
          last: 0,
          letters: [],
          watchers: new Set(),
          mourners: new Set(),
        });
      }
      return { status: box ? 200 : 201, body: new Uint8Array() };
    }
    if (!box) return { status: 404, body: jsonBytes({ error: "not_found" }) };
    if (method === "POST" && body) this.append(id, body);
    if (method === "GET") return { status: 200, body: list(box, Number(query.get("after"))) };
    if (method === "DELETE") {
      const through = query.get("through");
      if (through === null) {
        this.boxes.delete(id);
        for (const tell of box.mourners) tell();
      } else box.letters = box.letters.filter(({ sequence }) => sequence > Number(through));
    }
    return { status: 201, body: new Uint8Array() };
  }

  /** Tells of what is later than `known`, now and from now on, and that it is `gone`. */
  watch(id: string, known: number, tell: (latest: number) => void, gone: () => void): boolean {
    const box = this.boxes.get(id);
    box?.watchers.add(tell);
    box?.mourners.add(gone);
    if (box && box.last > known) tell(box.last);
    return box !== undefined;
  }

  /** Takes a letter; one for a mailbox that is gone is lost. */
  append = (id: string, letter: Uint8Array): void => {
    const box = this.boxes.get(id);
    if (!box) return;
    this.appended.push(letter);
    for (const bytes of this.tamper(letter)) {
      box.last += 1;
      box.letters.push({ sequence: box.last, bytes });
    }
    for (const tell of box.watchers) tell(box.last);
  };
}

const list = ({ letters }: Box, after: number): Uint8Array =>
  concat(
    ...letters
      .filter(({ sequence }) => sequence > after)
      .map(({ sequence, bytes }) => concat(u64(sequence), u32(bytes.length), bytes)),
  );
