import { describe, expect, test } from "vitest";
import { b64u, utf8 } from "../../src/sealing/encoding.ts";
import { readMessage } from "../../src/sealing/messages.ts";

const chat = (at: string): Uint8Array =>
  utf8(JSON.stringify({ t: "chat", id: b64u(new Uint8Array(16)), at, text: "x" }));

// A view that formats a moment which is none throws, and with it goes the other side's page.
describe("the time of a message", () => {
  test.each([
    "2026-99-99T99:99:99Z",
    "2026-02-29T10:00:00Z",
    "2100-02-29T10:00:00Z",
    "2026-04-31T10:00:00Z",
    "2026-03-01T24:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-03-01T09:30:60Z",
    "2026-03-01T09:30:00",
  ])("is no moment: %s", (at) => {
    expect(() => readMessage(chat(at))).toThrow("bad_message");
  });

  test.each(["2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z", "2026-12-31T00:00:00Z"])(
    "is a moment: %s",
    (at) => {
      expect(readMessage(chat(at))).toMatchObject({ at });
    },
  );
});
