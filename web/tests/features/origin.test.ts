import { describe, expect, it } from "vitest";
import { isLocal } from "../../src/features/desk/origin.ts";

describe("an origin", () => {
  it.each([
    "http://localhost:8480",
    "http://127.0.0.1:8480",
    "http://127.9.9.9",
    "http://[::1]:8480",
    "https://192.0.2.1",
    "http://198.51.100.77:8480",
    "http://203.0.113.255",
  ])("of this machine or of documents is local: %s", (origin) => {
    expect(isLocal(origin)).toBe(true);
  });

  it.each([
    "https://consult.example.org",
    "https://localhost.example.org",
    "https://127.0.0.1.example.org",
    "https://192.0.2.1.example.org",
    "http://192.0.3.1",
    "http://10.0.0.1",
    "http://128.0.0.1",
    "http://[::2]",
    "http://[2001:db8::1]",
    "https://0.0.0.0",
  ])("of anybody is not: %s", (origin) => {
    expect(isLocal(origin)).toBe(false);
  });
});
