import { describe, expect, it } from "vitest";
import { linesFull } from "../../src/features/consult/bounds.ts";
import { Conversation } from "../../src/features/consult/conversation.ts";
import type { Parcels } from "../../src/features/consult/parcels.ts";
import { Shelf, type ShelfOptions } from "../../src/features/consult/shelf.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { b64u, jsonBytes, utf8 } from "../../src/sealing/encoding.ts";
import { type Mail, readMail } from "../../src/sealing/mail.ts";
import { readMessage } from "../../src/sealing/messages.ts";
import { FakeClock, settle } from "./world/clock.ts";

const AT = "2026-03-01T09:30:00Z";
const idOf = (n: number): string => b64u(new Uint8Array(16).fill(n % 256, 0, 8).fill(n >> 8, 8));

const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

const parcels: Parcels = {
  sealPhoto: async () => {
    throw new Error("nothing is uploaded here");
  },
  openPhoto: async () => new Uint8Array(),
  sealDocument: async () => ({ statement: "AAAA", envelope: "AAAA" }),
  openDocument: async () => ({
    kind: "file",
    issued: AT,
    author: { name: "Ana" },
    subject: null,
    parts: [],
  }),
};

function begin(full = false) {
  const sent: unknown[] = [];
  const conversation = new Conversation({
    entries: [],
    clock: new FakeClock(),
    random,
    photos: { clean: async () => new Uint8Array(), url: () => "photo" },
    parcels,
    full: () => full,
    send: (message) => void sent.push(readMessage(message)),
  });
  const chat = (n: number): void => {
    const bytes = jsonBytes({ t: "chat", id: idOf(n), at: AT, text: `line ${n}` });
    const message = readMessage(bytes);
    if (message) conversation.take(bytes, message);
  };
  return { conversation, sent, chat };
}

describe("a conversation", () => {
  it("keeps the newest lines, and says that it is full", async () => {
    const { conversation, chat } = begin();
    for (let n = 0; n < LIMITS.lines - 1; n += 1) chat(n);
    expect(linesFull(conversation.chat.value)).toBe(false);
    for (let n = LIMITS.lines - 1; n < LIMITS.lines + 5; n += 1) chat(n);
    conversation.sendChat("mine");
    await settle();
    const { value } = conversation.chat;
    expect(linesFull(value)).toBe(true);
    expect(value).toHaveLength(LIMITS.lines);
    expect(value[0]?.text).toBe("line 6");
    expect(value.at(-1)?.text).toBe("mine");
    expect(conversation.entries).toHaveLength(LIMITS.lines);
  });

  it("with all the files that it may have sends no photo, and uploads nothing", async () => {
    const { conversation, sent } = begin(true);
    await conversation.sendPhoto(new Blob([utf8("photo").slice()]));
    expect(conversation.chat.value).toEqual([]);
    expect(sent).toEqual([]);
  });
});

function shelf(options: Partial<ShelfOptions> = {}) {
  const [clock, posted] = [new FakeClock(), [] as unknown[]];
  let full = false;
  const made = new Shelf({
    papers: [],
    clock,
    random,
    parcels,
    full: () => full,
    post: async (content) => void posted.push(readMail(content)),
    store: async () => undefined,
    ...options,
  });
  const take = async (n: number): Promise<void> => {
    const mail = {
      t: "document",
      id: idOf(n),
      at: AT,
      statement: "AAAA",
      envelope: "AAAA",
    } as const;
    await made.take(mail, jsonBytes(mail));
  };
  const fill = (): void => {
    full = true;
  };
  return { shelf: made, clock, posted, take, fill };
}

describe("a shelf", () => {
  const author = { name: "Ana" };

  it("tells the sender once how a document arrived, however often it comes", async () => {
    const { shelf: made, posted, take } = shelf();
    await take(1);
    await take(1);
    await settle();
    expect(made.documents.value.map(({ state }) => state)).toEqual(["verified"]);
    expect(posted).toEqual([{ t: "delivered", document: idOf(1), verified: true }]);
  });

  it("lets the sender know that it was looked at only where that is asked for", async () => {
    const { shelf: made, posted, take } = shelf();
    await take(1);
    await settle();
    made.tellOpened(idOf(2));
    expect(posted).toHaveLength(1);
    made.tellOpened(idOf(1));
    await settle();
    expect(posted.at(-1)).toEqual({ t: "opened", document: idOf(1) });
  });

  it("follows a document of one's own to the reader's eyes", async () => {
    const { shelf: made } = shelf();
    await made.send("file", author, null, []);
    await settle();
    const line = () => made.documents.value[0];
    expect(line()?.state).toBe("sent");
    const document = line()?.id ?? "";
    const tell = (mail: Mail) => made.take(mail, jsonBytes(mail));
    await tell({ t: "delivered", document, verified: true });
    expect(line()?.state).toBe("verified");
    await tell({ t: "opened", document });
    expect(line()?.state).toBe("opened");
    // Of nothing that we sent nothing is believed.
    await tell({ t: "delivered", document: idOf(9), verified: false });
    expect(made.documents.value).toHaveLength(1);
  });

  it("posts again what a server that is away did not take, and after a reload too", async () => {
    let away = true;
    const posted: Uint8Array[] = [];
    const post = async (content: Uint8Array): Promise<void> => {
      if (away) throw new TypeError("network");
      posted.push(content);
    };
    const { shelf: made, clock } = shelf({ post });
    await made.send("file", author, null, []);
    await settle();
    expect(made.documents.value[0]?.state).toBe("sending");
    const again = shelf({ post, papers: made.papers });
    again.shelf.start();
    away = false;
    await clock.advance(6_000);
    await again.clock.advance(6_000);
    expect(made.documents.value[0]?.state).toBe("sent");
    expect(again.shelf.documents.value[0]?.state).toBe("sent");
    expect(posted).toHaveLength(2);
    expect(posted[0]).toEqual(posted[1]);
  });

  it("says what the server refuses, with a way to try again", async () => {
    let refuses = true;
    const { shelf: made } = shelf({
      post: async () => {
        if (refuses) throw new ProtocolError("quota_exceeded");
      },
    });
    await made.send("file", author, null, []);
    await settle();
    const line = () => made.documents.value[0];
    expect(line()).toMatchObject({ state: "sending", problem: { key: "quota_exceeded" } });
    refuses = false;
    line()?.problem?.retry?.();
    await settle();
    expect(line()).toMatchObject({ state: "sent", problem: null });
  });

  it("that is full takes and sends nothing more, and answers so many times", async () => {
    const { shelf: made, posted, take, fill } = shelf();
    fill();
    for (let n = 0; n < 3 * LIMITS.files; n += 1) await take(n);
    await settle();
    expect(made.documents.value).toEqual([]);
    expect(posted[0]).toEqual({ t: "delivered", document: idOf(0), verified: false });
    expect(posted).toHaveLength(2 * LIMITS.files);
    await expect(made.send("file", author, null, [])).rejects.toThrow();
  });
});
