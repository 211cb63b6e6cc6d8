import { describe, expect, it } from "vitest";
import { linesFull } from "../../src/features/consult/bounds.ts";
import { Conversation, type Entry } from "../../src/features/consult/conversation.ts";
import type { Parcels } from "../../src/features/consult/parcels.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { b64u, jsonBytes, utf8 } from "../../src/sealing/encoding.ts";
import { readMessage } from "../../src/sealing/messages.ts";
import { FakeClock, settle } from "./world/clock.ts";

const AT = "2026-03-01T09:30:00Z";
const idOf = (n: number): string => b64u(new Uint8Array(16).fill(n % 256, 0, 8).fill(n >> 8, 8));

function begin(entries: readonly Entry[] = []) {
  const sent: unknown[] = [];
  const random = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));
  const opened = { kind: "file", issued: AT, author: { name: "Ana" }, subject: null, parts: [] };
  const parcels: Parcels = {
    sealPhoto: async () => {
      throw new Error("nothing is uploaded here");
    },
    openPhoto: async () => new Uint8Array(),
    sealDocument: async () => ({ statement: "AAAA", envelope: "AAAA" }),
    openDocument: async () => opened,
  };
  const conversation = new Conversation({
    entries,
    clock: new FakeClock(),
    random,
    photos: { clean: async () => new Uint8Array(), url: () => "photo" },
    parcels,
    send: (message) => void sent.push(readMessage(message)),
  });
  const take = (value: object): boolean => {
    const bytes = jsonBytes(value);
    const message = readMessage(bytes);
    return message ? conversation.take(bytes, message) : false;
  };
  const chat = (n: number) => take({ t: "chat", id: idOf(n), at: AT, text: `line ${n}` });
  const document = (n: number) =>
    take({ t: "document", id: idOf(n), at: AT, statement: "AAAA", envelope: "AAAA" });
  return { conversation, sent, chat, document };
}

describe("a conversation", () => {
  it("keeps the newest lines, every document, and says that it is full", async () => {
    const { conversation, chat, document } = begin();
    document(9000);
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
    expect(conversation.documents.value.map(({ state }) => state)).toEqual(["verified"]);
    expect(conversation.entries).toHaveLength(LIMITS.lines + 1);
  });

  it("takes so many photos and documents, and says of one more that it was not kept", async () => {
    const { conversation, sent, document } = begin();
    for (let n = 0; n < LIMITS.files; n += 1) expect(document(n)).toBe(true);
    await settle();
    expect(conversation.problem.value).toBeNull();
    expect(document(LIMITS.files)).toBe(false);
    expect(conversation.documents.value).toHaveLength(LIMITS.files);
    expect(conversation.problem.value).toMatchObject({ key: "too_many_files", loud: false });
    const refused = { t: "opened", document: idOf(LIMITS.files), verified: false };
    expect(sent.at(-1)).toMatchObject(refused);
    for (let n = 0; n < 3 * LIMITS.files; n += 1) document(5000 + n);
    expect(sent.length).toBeLessThanOrEqual(2 * LIMITS.files);
  });

  it("with all the files that it may have sends no more, and uploads nothing", async () => {
    const { conversation, sent, document } = begin();
    for (let n = 0; n < LIMITS.files; n += 1) document(n);
    await settle();
    const before = sent.length;
    await conversation.sendPhoto(new Blob([utf8("photo").slice()]));
    expect(conversation.problem.value).toMatchObject({ key: "too_many_files" });
    expect(conversation.chat.value).toEqual([]);
    const author = { name: "Ana" };
    await expect(conversation.sendDocument("file", author, null, [])).rejects.toThrow();
    expect(sent).toHaveLength(before);
  });
});
