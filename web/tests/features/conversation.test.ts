import { describe, expect, it } from "vitest";
import { linesFull } from "../../src/features/consult/bounds.ts";
import { Conversation } from "../../src/features/consult/conversation.ts";
import { LIMITS } from "../../src/protocol/limits.ts";
import { jsonBytes, utf8 } from "../../src/sealing/encoding.ts";
import { readMessage } from "../../src/sealing/messages.ts";
import { FakeClock, settle } from "./world/clock.ts";
import { AT, idOf, parcels, random } from "./world/parcels.ts";

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
