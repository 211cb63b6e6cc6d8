import { describe, expect, it } from "vitest";
import type { RoomEvents } from "../../../src/features/rooms/channels.ts";
import { RoomConnection } from "../../../src/features/rooms/connection.ts";
import { Type } from "../../../src/protocol/frames.ts";
import { seedSigner } from "../../../src/sealing/keys.ts";
import { joinKey } from "../../../src/sealing/link.ts";
import { kemPublic } from "../../../src/sealing/xwing.ts";
import { FakeClock } from "../world/clock.ts";
import { FakeRelay } from "../world/relay.ts";

const ORIGIN = "https://consult.example.org";
const seed = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const identity = seedSigner(seed(1)).publicKey;
const prekey = kemPublic(seed(2));
const host = seedSigner(seed(3));

function world() {
  const [clock, relay] = [new FakeClock(), new FakeRelay()];
  const connections: RoomConnection[] = [];
  const connect = (): RoomConnection => {
    const random = (n: number): Uint8Array => new Uint8Array(n).fill(7);
    const made = new RoomConnection({ clock, random, dial: relay.dial, origin: ORIGIN });
    connections.push(made);
    return made;
  };
  return { clock, relay, connect };
}

function recorder() {
  const told: string[] = [];
  const events: RoomEvents = {
    opened: ({ state }) => void told.push(`opened ${state}`),
    frame: ({ type }) => void told.push(`frame ${type}`),
    refused: (code) => void told.push(`refused ${code}`),
    lost: () => void told.push("lost"),
    closed: (code) => void told.push(`closed ${code}`),
  };
  return { told, events };
}

const roomId = (n: number): Uint8Array => new Uint8Array(16).fill(n);

describe("a connection", () => {
  it("carries many rooms, and is dialled for the first of them", async () => {
    const { clock, relay, connect } = world();
    const connection = connect();
    expect(connection.state.value).toBe("idle");
    const rooms = [1, 2, 3].map((n) => {
      relay.addRoom(roomId(n), host.publicKey, identity, prekey);
      const { told, events } = recorder();
      return { told, channel: connection.open({ room: roomId(n), signer: host }, events) };
    });
    await clock.until(() => rooms.every(({ channel }) => channel.ready));
    expect(rooms.map(({ told }) => told)).toEqual([["opened 3"], ["opened 3"], ["opened 3"]]);
    for (const { channel } of rooms) channel.close();
    expect(connection.state.value).toBe("idle");
  });

  it("opens every room anew after a loss, sooner or later", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const { told, events } = recorder();
    const connection = connect();
    const channel = connection.open({ room: roomId(1), signer: host }, events);
    await clock.until(() => channel.ready);
    relay.down = true;
    relay.restart();
    expect(channel.send(Type.LOCK, 0, Uint8Array.of(1))).toBe(false);
    await clock.advance(20_000);
    expect(connection.state.value).toBe("reconnecting");
    relay.down = false;
    expect(await clock.until(() => channel.ready)).toBeLessThan(9000);
    expect(told).toEqual(["opened 3", "lost", "opened 3"]);
  });

  it("notices within seconds that a network swallows everything", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const { told, events } = recorder();
    const connection = connect();
    const channel = connection.open({ room: roomId(1), signer: host }, events);
    await clock.until(() => channel.ready);
    relay.silent = true;
    connection.wake();
    await clock.until(() => !channel.ready, 3000);
    relay.silent = false;
    await clock.until(() => channel.ready, 12_000);
    expect(told).toEqual(["opened 3", "lost", "opened 3"]);
  });

  it("pings, and so notices it without a hint too", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const channel = connect().open({ room: roomId(1), signer: host }, recorder().events);
    await clock.until(() => channel.ready);
    relay.silent = true;
    expect(await clock.until(() => !channel.ready)).toBeLessThan(25_000);
  });

  it("does not spare an attempt when the page wakes up", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const connection = connect();
    const channel = connection.open({ room: roomId(1), signer: host }, recorder().events);
    await clock.until(() => channel.ready);
    relay.down = true;
    relay.restart();
    await clock.advance(60_000);
    relay.down = false;
    connection.wake();
    expect(await clock.until(() => channel.ready)).toBeLessThan(500);
  });

  it("says that a room is elsewhere, and stops there", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const older = recorder();
    const first = connect().open({ room: roomId(1), signer: host }, older.events);
    await clock.until(() => first.ready);
    const newer = recorder();
    const second = connect().open({ room: roomId(1), signer: host }, newer.events);
    await clock.until(() => second.ready);
    expect(older.told).toEqual(["opened 3", "closed displaced"]);
    await clock.advance(60_000);
    expect(newer.told).toEqual(["opened 3"]);
  });

  it("tells of a room that is unknown, or over", async () => {
    const { clock, relay, connect } = world();
    const room = relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    room.ended = true;
    const [over, unknown] = [recorder(), recorder()];
    const connection = connect();
    connection.open({ room: roomId(1), signer: host }, over.events);
    const secret = seed(9);
    const join = joinKey({ room: roomId(2), secret });
    connection.open({ room: roomId(2), signer: seedSigner(seed(4)), join }, unknown.events);
    await clock.until(() => over.told.length + unknown.told.length === 2);
    expect([over.told, unknown.told]).toEqual([["closed room_ended"], ["closed not_found"]]);
  });

  it("asks again where the server could not look", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const { told, events } = recorder();
    const connection = connect();
    const channel = connection.open({ room: roomId(1), signer: host }, events);
    await clock.until(() => channel.ready);
    relay.unable = true;
    relay.restart();
    await clock.advance(20_000);
    expect(connection.state.value).toBe("reconnecting");
    relay.unable = false;
    expect(await clock.until(() => channel.ready)).toBeLessThan(9000);
    expect(connection.state.value).toBe("open");
    await clock.advance(60_000);
    expect(told).toEqual(["opened 3", "lost", "opened 3"]);
  });

  it("knows the TURN servers once a room is open", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    relay.iceServers.push({ urls: ["turn:192.0.2.1"], username: "u", credential: "c" });
    const connection = connect();
    const asked = connection.ice();
    connection.open({ room: roomId(1), signer: host }, recorder().events);
    await clock.until(() => connection.iceServers.value.length === 1);
    expect(await asked).toEqual([{ urls: ["turn:192.0.2.1"], username: "u", credential: "c" }]);
  });

  it("is given up when what comes is not the protocol", async () => {
    const { clock, relay, connect } = world();
    relay.addRoom(roomId(1), host.publicKey, identity, prekey);
    const { told, events } = recorder();
    const channel = connect().open({ room: roomId(1), signer: host }, events);
    await clock.until(() => channel.ready);
    relay.garble();
    expect(told).toEqual(["opened 3", "lost"]);
    await clock.until(() => channel.ready);
  });
});
