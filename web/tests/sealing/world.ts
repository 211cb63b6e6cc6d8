/**
 * A host and a guest with an unreliable network between them. What was delivered counts once it is
 * stored: a reload, or a crash between two effects, goes back to the last store.
 */
import { b64u } from "../../src/sealing/encoding.ts";
import { SealError } from "../../src/sealing/errors.ts";
import { type GuestAgreed, type HostAgreed, makeOpen } from "../../src/sealing/handshake.ts";
import { type Aead, CHACHA } from "../../src/sealing/kdf.ts";
import type { Random } from "../../src/sealing/keys.ts";
import { writeMessage } from "../../src/sealing/messages.ts";
import { type Effect, Session, type SessionState } from "../../src/sealing/session.ts";
import { fromBytes, toBytes } from "../../src/sealing/store.ts";
import { repeatable } from "./pair.ts";

/** Throws when a key and a nonce are used together a second time. */
export class WatchedAead implements Aead {
  readonly used = new Set<string>();

  seal(...[key, nonce, aad, plain]: Parameters<Aead["seal"]>): Uint8Array {
    const pair = `${b64u(key)} ${b64u(nonce)}`;
    if (this.used.has(pair)) throw new Error("a key and nonce were used twice");
    this.used.add(pair);
    return CHACHA.seal(key, nonce, aad, plain);
  }

  open = CHACHA.open;
}

export const chat = (number: number, random: Random): Uint8Array => {
  const id = b64u(random(16));
  return writeMessage({ t: "chat", id, at: "2026-03-01T09:30:00Z", text: `chat ${number}` });
};

export const passing = (number: number): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ t: "later", text: `passing ${number}` }));

const textOf = (message: Uint8Array): string => JSON.parse(new TextDecoder().decode(message)).text;

interface Record {
  readonly state: Uint8Array;
  readonly got: readonly string[];
}

export class Side {
  session: Session;
  /** Frames that are on their way to this side. */
  inbox: Uint8Array[] = [];
  got: string[] = [];
  acknowledged: string[] = [];
  string: string | undefined;
  began = 0;
  readonly refused: string[] = [];
  /** Effects that are still performed before the page crashes. */
  lifetime = Number.POSITIVE_INFINITY;
  #record: Record | undefined;
  readonly #world: World;

  constructor(world: World, session: Session) {
    this.#world = world;
    this.session = session;
  }

  get other(): Side {
    return this === this.#world.host ? this.#world.guest : this.#world.host;
  }

  act(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.lifetime-- <= 0) {
        this.reload();
        return;
      }
      this.#perform(effect);
    }
  }

  /** Performs or refuses; what is refused must leave the state as it was. */
  receive(frame: Uint8Array): void {
    const before = b64u(toBytes(this.session.state));
    let effects: Effect[];
    try {
      effects = this.session.receive(frame, this.#world.now);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      if (b64u(toBytes(this.session.state)) !== before) throw new Error("a refusal changed state");
      this.refused.push(error.code);
      return;
    }
    this.act(effects);
  }

  send(message: Uint8Array): void {
    this.act(this.session.send(message, this.#world.now));
  }

  reload(): void {
    if (!this.#record) throw new Error("nothing was stored");
    this.lifetime = Number.POSITIVE_INFINITY;
    this.got = [...this.#record.got];
    this.session = Session.resume(fromBytes<SessionState>(this.#record.state), this.#world.options);
    this.act(this.session.start(this.#world.now));
  }

  #perform(effect: Effect): void {
    if (effect.type === "store") {
      this.#record = { state: toBytes(effect.state), got: [...this.got] };
    } else if (effect.type === "send") this.other.inbox.push(effect.frame);
    else if (effect.type === "deliver") this.got.push(textOf(effect.message));
    else if (effect.type === "delivered") this.acknowledged.push(effect.id);
    else if (effect.type === "authenticated") this.string = effect.string;
    else this.began += 1;
  }
}

export class World {
  now = 1_000_000;
  readonly aead = new WatchedAead();
  readonly random: Random;
  readonly host: Side;
  readonly guest: Side;

  constructor(agreed: { readonly host: HostAgreed; readonly guest: GuestAgreed }, seed = "world") {
    this.random = repeatable(seed);
    const open = makeOpen(agreed.guest, this.random);
    this.host = new Side(this, Session.host(agreed.host, this.options));
    this.guest = new Side(this, Session.guest(agreed.guest, open, this.options));
    for (const side of this.sides) side.act(side.session.start(this.now));
  }

  get options() {
    return { random: this.random, aead: this.aead };
  }

  get sides(): readonly Side[] {
    return [this.host, this.guest];
  }

  /** Carries everything that is on its way, answers to it included. */
  carry(): void {
    while (this.sides.some(({ inbox }) => inbox.length > 0)) {
      for (const side of this.sides) for (const frame of side.inbox.splice(0)) side.receive(frame);
    }
  }

  /** Lets time pass, in steps of 100 ms, with nothing carried. */
  wait(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 100) {
      for (const side of this.sides) {
        if ((side.session.nextAt() ?? Number.POSITIVE_INFINITY) <= this.now) {
          side.act(side.session.tick(this.now));
        }
      }
    }
  }

  /** Lets time pass on a network that works. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      this.carry();
      this.wait(100);
    }
    this.carry();
  }
}
