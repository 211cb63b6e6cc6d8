import { beforeAll, describe, expect, test } from "vitest";
import { same } from "../../src/sealing/encoding.ts";
import type { GuestAgreed, HostAgreed } from "../../src/sealing/handshake.ts";
import { agree, makePair } from "./pair.ts";
import { chat, passing, type Side, World } from "./world.ts";

const RUNS = 200;
const STEPS = 60;

/** Numbers below `below`, from a seed (mulberry32): a failure names the seed that repeats it. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

let agreed: { host: HostAgreed; guest: GuestAgreed };
beforeAll(async () => {
  const pair = await makePair("network");
  agreed = await agree(pair, [passing(0), chat(0, pair.random)]);
});

interface Sent {
  readonly chats: string[];
  readonly side: Side;
}

/** One thing that happens: messages, loss, repeats, reordering, reloads, crashes, time. */
function happen(world: World, sent: Sent, roll: (below: number) => number, step: number): void {
  const { side } = sent;
  const at = roll(Math.max(1, side.inbox.length));
  const frame = side.inbox[at];
  const what = roll(12);
  if (what < 2) {
    const message = chat(step, world.random);
    side.send(message);
    // A page that crashed before it had stored the message never said that it had sent it.
    const kept = side.session.state.outbox.some((one) => same(one.message, message));
    if (kept) sent.chats.push(`chat ${step}`);
  } else if (what === 2) side.send(passing(step));
  else if (what === 3) side.reload();
  else if (what === 4) side.lifetime = roll(3);
  else if (what === 5) world.wait(100 * (1 + roll(90)));
  else if (what === 6) side.act(side.session.reconnected(world.now));
  else if (frame && what === 7) side.inbox.splice(at, 1);
  else if (frame && what === 8) side.receive(frame);
  else if (frame) for (const one of side.inbox.splice(at, 1)) side.receive(one);
}

describe("on a network that loses, repeats and reorders, between pages that reload and crash", () => {
  test.each(Array.from({ length: RUNS }, (_, seed) => seed))(
    "messages of run %i come in order, once",
    (seed) => {
      const roll = dice(seed);
      const world = new World(agreed, `network ${seed}`);
      const sent = world.sides.map((side): Sent => ({ side, chats: [] }));
      for (let step = 1; step <= STEPS; step++) {
        const one = sent[roll(2)];
        if (one) happen(world, one, roll, step);
      }
      for (const { side } of sent) side.lifetime = Number.POSITIVE_INFINITY;
      world.pass(90_000);
      expect(world.host.string).toBe(world.guest.string);
      for (const { side, chats } of sent) {
        const got = side.other.got;
        const carried = side === world.host ? ["chat 0"] : [];
        expect(got.filter((text) => text.startsWith("chat"))).toEqual([...carried, ...chats]);
        const passed = got.filter((text) => text.startsWith("passing"));
        expect(passed).toEqual([...new Set(passed)]);
        expect(side.session.unacknowledged).toBe(0);
      }
    },
  );
});
