import { computed, signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { CallModel, ChatLine } from "../../src/features/consult/call.ts";
import { type Attendee, distinctNames, Group } from "../../src/features/consult/group.ts";

const line = (id: string, text: string): ChatLine => ({
  id,
  mine: false,
  came: Number(id),
  at: "2026-01-01T10:00:00Z",
  text,
  state: "sent",
});

function person(key: string, name: string, ...lines: readonly ChatLine[]): Attendee {
  const call = { chat: signal(lines), unread: signal(0) } as unknown as CallModel;
  return { key, name: signal(name), call: signal(call), passOn: () => undefined };
}

describe("people of the same name", () => {
  const people = [
    person("host", "Dr Camille Démo", line("1", "good morning")),
    person("a", "Marie", line("2", "hello")),
    // The ids are their author's to choose.
    person("b", "Marie", line("2", "hello too")),
    person("c", "Dr Camille Démo", line("3", "not the doctor")),
  ];

  it("are told apart where their pictures are, and where they write", () => {
    const names = ["Dr Camille Démo", "Marie", "Marie (2)", "Dr Camille Démo (2)"];
    expect(distinctNames(people)).toEqual(names);
    const { chat } = new Group(computed(() => people));
    expect(chat.value.map(({ author }) => author)).toEqual(names);
  });
});
