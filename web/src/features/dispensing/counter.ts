/** A prescription at the counter of a pharmacy: no account, a code that was shown, one tap. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import type { Claimed } from "../../sealing/cell.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { signDispensed } from "../../sealing/dispensing.ts";
import { b64u, same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { isOutside } from "../../sealing/handed.ts";
import { hash } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { parseTicket, type Ticket } from "../../sealing/ticket.ts";
import { timeOf } from "../consult/conversation.ts";
import { inert } from "../inert.ts";
import type { Platform } from "../ports.ts";
import { readPrescription } from "../prescription/fhir/read.ts";
import { FHIR_MEDIA } from "../prescription/parts.ts";
import type { Problem } from "../problems.ts";
import { Api } from "../rooms/api.ts";
import { Attempts, type Dispenser } from "./attempts.ts";
import { Dispensers, freshRecord } from "./dispensers.ts";
import { FirstClaims } from "./first-claims.ts";
import type { CounterLine, CounterModel, GivenLine, Outcome, OwnCard, Shown } from "./model.ts";
import { Watching } from "./watching.ts";
import {
  type Attempt,
  carryOut,
  type Line,
  look,
  type Prescribed,
  prescriptionOf,
  revoke,
} from "./wire.ts";

type Needs = Pick<Platform, "http" | "clock" | "random" | "vaults" | "dial"> & {
  /** Of the server. */
  readonly origin: string;
  /** The patient looks: nothing is dispensed. */
  readonly looking?: boolean;
  /** Of whose device this browser is. */
  readonly card?: OwnCard | undefined;
};

const LIMIT = 200;
/** How old an attempt is gone on with, in milliseconds. */
const RECENT = 10 * 60_000;

export class Counter implements CounterModel {
  readonly state = signal<CounterModel["state"]["value"]>("looking");
  readonly shown = signal<Shown | null>(null);
  readonly lines = signal<readonly CounterLine[]>([]);
  readonly outcome = signal<CounterModel["outcome"]["value"]>(null);
  readonly problem = signal<Problem | null>(null);
  readonly why = signal<CounterModel["why"]["value"]>(null);
  readonly dispenser = signal<Dispenser>({ name: "", place: "" });
  readonly #needs: Needs;
  readonly card: OwnCard | null;
  readonly #api: Api;
  readonly #dispensers: Dispensers;
  readonly #ticket: Ticket | undefined;
  readonly #attempts: Attempts | undefined;
  #it: Prescribed | undefined;
  #found: readonly Line[] = [];
  readonly #first: FirstClaims | undefined;
  readonly lied: CounterModel["lied"];
  readonly proofs: CounterModel["proofs"];
  readonly #dispenses: boolean;
  #watching: Watching | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  readonly revoke: CounterModel["revoke"];

  /** Without a ticket there is nothing to show. `owner`: the seed of what takes it back. */
  constructor(needs: Needs, ticket: Ticket | undefined, owner?: Uint8Array) {
    this.#needs = needs;
    this.#dispenses = !owner && !needs.looking;
    this.#api = new Api(needs);
    this.card = needs.card ?? null;
    this.#dispensers = new Dispensers(this.#api, needs.clock);
    this.#ticket = ticket;
    this.revoke = owner && ((line, reason) => this.#revoke(owner, line, reason));
    if (ticket) {
      this.#attempts = new Attempts(needs.vaults, ticket);
      this.#first = new FirstClaims(needs.origin, needs.clock, this.#attempts);
    }
    this.lied = this.#first?.lied ?? signal(false);
    this.proofs = this.#first?.proofs ?? signal([]);
    if (ticket) {
      void this.#open(ticket);
    } else {
      this.problem.value = { key: "bad_link", loud: true };
      this.state.value = "over";
    }
  }

  async #open(ticket: Ticket): Promise<void> {
    this.problem.value = null;
    try {
      const it = await prescriptionOf(this.#api, ticket);
      const shown = await this.#show(it);
      this.dispenser.value = (await this.#attempts?.who()) ?? this.dispenser.peek();
      this.#it = it;
      await this.#first?.remind(it.server, ticket.claim.publicKey);
      await this.#alone(() => this.#look(it, ticket));
      for (const attempt of (await this.#attempts?.all()) ?? []) await this.#goOn(attempt);
      batch(() => {
        this.shown.value = shown;
        this.state.value = "open";
      });
      this.#watch(it, ticket);
    } catch (error) {
      this.#failed(error, () => void this.#open(ticket));
    }
  }

  /**
   * With what a page before this one could not end. The person said yes to it, and may be handing
   * the medicine over: a moment ago, not on another day.
   */
  async #goOn(attempt: Attempt): Promise<void> {
    const claim = this.#claimOf(attempt);
    const recent = this.#needs.clock.now() - attempt.made < RECENT;
    if (claim && countsFor(claim, attempt)) await this.#ended(attempt, "dispensed");
    else if (recent && this.#dispenses) await this.#carryOut(attempt);
    else await this.#attempts?.done(attempt);
  }

  async #show({ handed, dispensing }: Prescribed): Promise<Shown> {
    const { statement, card, attestation, signedAt, twice } = handed.authorship;
    require(card !== null && signedAt !== null, "bad_form", "nothing says who wrote it");
    const { content } = handed;
    require(!isOutside(content), "bad_form", "a prescription is one piece");
    const parts = statement.parts.map(({ name, media }, at) => ({
      name,
      media,
      bytes: content[at] ?? new Uint8Array(),
    }));
    const { kind, issued, author, subject } = statement;
    const fhir = parts.find(({ media }) => media === FHIR_MEDIA);
    const prescription = fhir ? readPrescription(fhir.bytes) : null;
    const counted = !prescription || prescription.lines.length === dispensing.lines.length;
    require(counted, "bad_form", "another number of lines than are dispensed");
    return {
      document: { kind, issued, author, subject, parts, twice },
      prescription,
      card,
      attestation: attestation ?? undefined,
      signedAt: new Date(signedAt * 1000),
      until: new Date(dispensing.until),
      device: await this.#deviceToday(handed),
    };
  }

  /** Whether the device that signed was withdrawn since: the papers of today say. */
  async #deviceToday({ proof, authorship }: Prescribed["handed"]): Promise<Shown["device"]> {
    const { certificate } = authorship;
    require(certificate !== null, "bad_form", "a prescription by nobody");
    const { identity } = certificate;
    const registrar = proof.registrar.length > 0 ? proof.registrar : null;
    try {
      // What came with the prescription is the oldest that may be shown.
      const last = { ...proof, registrar };
      const { record } = await freshRecord(this.#api, this.#needs.clock, identity, last);
      requireInForce(record.devices, certificate);
      return "in-force";
    } catch (error) {
      if (!(error instanceof SealError) || error.code === "stale_status") return "unasked";
      if (error.code === "revoked") return "revoked";
      // Papers that cannot be true beside those of the prescription: one of the two is forged.
      throw error;
    }
  }

  /**
   * Looks, claims and closes, one at a time: what an answer of before shows must not come after what
   * was learned since, where it would be an older state, or a claim that is gone.
   */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #look(it: Prescribed, ticket: Ticket): Promise<void> {
    this.#found = await look(this.#api, it, ticket);
    this.#tell(it);
    // Nothing waits for them: who dispensed changes nothing of what is left.
    void this.#askWho(it);
    for (const { keys, claimed } of this.#found.flatMap(({ claims }) => claims)) {
      await this.#first?.see(it.server, keys, claimed);
    }
    this.#follow(it, ticket);
  }

  #tell(it: Prescribed): void {
    const expired = Date.parse(it.dispensing.until) < this.#needs.clock.now();
    this.lines.value = this.#found.map((line, at) =>
      lineOf(it, line, at + 1, expired, this.#dispensers),
    );
  }

  async #askWho(it: Prescribed): Promise<void> {
    if (this.#closed) return;
    const receipts = this.#found.flatMap(({ given, taken }) =>
      given.map((one, at) => [one, taken[at] ?? 0] as const),
    );
    if (await this.#dispensers.ask(receipts)) this.#tell(it);
  }

  /** From now on what comes is shown as it comes, but not over a loud problem that is being read. */
  #watch(it: Prescribed, ticket: Ticket): void {
    if (this.#closed || this.#watching) return;
    this.#watching = new Watching(this.#needs, async () => {
      if (this.problem.peek()?.loud) return;
      await this.refresh();
      await this.#settle();
    });
    this.#follow(it, ticket);
  }

  /** What was tried without an answer, where it shows now what it came to. */
  async #settle(): Promise<void> {
    for (const attempt of (await this.#attempts?.all().catch(() => [])) ?? []) {
      const claim = this.#claimOf(attempt);
      if (claim) await this.#ended(attempt, countsFor(claim, attempt) ? "dispensed" : "lost");
    }
  }

  #claimOf({ line, step }: Attempt): Claimed | null {
    return this.#found[line - 1]?.claims[step - 1]?.claimed ?? null;
  }

  #follow(it: Prescribed, { reader }: Ticket): void {
    const next = this.#found.flatMap(({ claims, step }) => (step && claims[step - 1]?.keys) || []);
    const cells = next.map((keys) => ({ keys, version: it.seen.get(b64u(keys.id))?.version ?? 0 }));
    this.#watching?.follow(cells, reader);
  }

  readonly close = (): void => {
    this.#closed = true;
    this.#watching?.close();
  };

  readonly refresh = async (): Promise<void> => {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return;
    this.problem.value = null;
    try {
      await this.#alone(() => this.#look(it, ticket));
    } catch (error) {
      this.#failed(error, () => void this.refresh());
    }
  };

  readonly dispense = async (
    { number: line, given: seen }: CounterLine,
    what: string,
    whole: boolean,
    by: Dispenser,
  ): Promise<void> => {
    const [it, found] = [this.#it, this.#found[line - 1]];
    const signer = by.signs ? this.card?.signer : undefined;
    const names = (signer && this.card?.shown.peek()?.card) ?? by;
    const [name, place] = [inert(names.name, LIMIT), inert(names.place, LIMIT)];
    if (!it || !found || name === "" || this.lied.peek()) return;
    if (by.signs && !signer) return;
    const step = seen.length + 1;
    const { random, clock } = this.#needs;
    this.outcome.value = null;
    this.problem.value = null;
    const kept = (await this.#attempts?.all().catch(() => [])) ?? [];
    const before = kept.find((one) => one.line === line && one.step === step);
    // It may have come to something already: another one would lose against it.
    if (before) return await this.#carryOut(before);
    if (found.step !== step) {
      // Something came while the person made up their mind: what they said yes to is over.
      if (!found.missing) this.outcome.value = { line, what: found.revoked ? "revoked" : "lost" };
      return;
    }
    const claimant = seedSigner(random(32));
    const said = {
      prescription: it.statement,
      line,
      step,
      previous: found.previous,
      given: inert(what, LIMIT),
      whole,
      at: timeOf(clock.now()),
      random: random(32),
      dispenser: name,
      place,
    };
    const receipt = await signDispensed(said, claimant, signer);
    const made = clock.now();
    const attempt = { line, step, receipt, claimant: claimant.publicKey, made };
    // The names that were typed stay for who signs without a card the next time.
    this.dispenser.value = signer
      ? { ...this.dispenser.peek(), signs: true }
      : { name, place, ...(this.card && { signs: false }) };
    await this.#attempts?.iAm(this.dispenser.peek()).catch(() => undefined);
    // A browser that keeps nothing dispenses all the same: only a reload would forget this attempt.
    await this.#attempts?.keep(attempt).catch(() => undefined);
    await this.#carryOut(attempt);
  };

  async #revoke(owner: Uint8Array, line: number, reason: string): Promise<boolean> {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return false;
    const { random, clock } = this.#needs;
    this.outcome.value = null;
    const why = { reason: inert(reason, LIMIT), at: timeOf(clock.now()) };
    try {
      const signer = seedSigner(owner);
      await this.#alone(() => revoke(this.#api, random, it, ticket, signer, line, why));
    } catch (error) {
      this.#failed(error, () => void this.#revoke(owner, line, reason));
      return false;
    }
    await this.refresh();
    return true;
  }

  async #carryOut(attempt: Attempt): Promise<void> {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return;
    try {
      const ours = await this.#alone(async () => {
        const taken = await carryOut(this.#api, this.#needs.random, it, ticket, attempt);
        if (taken) await this.#first?.see(it.server, taken.keys, taken.claimed);
        return taken;
      });
      await this.#ended(attempt, ours ? "dispensed" : "lost");
    } catch (error) {
      if (error instanceof ProtocolError && error.code === "cell_closed") {
        await this.#ended(attempt, "revoked");
      } else this.#failed(error, () => void this.#carryOut(attempt));
    }
  }

  async #ended(attempt: Attempt, what: Outcome): Promise<void> {
    this.problem.value = null;
    await this.#attempts?.done(attempt).catch(() => undefined);
    await this.refresh();
    this.outcome.value = { line: attempt.line, what };
  }

  #failed(error: unknown, retry: () => void): void {
    const over = (why: CounterModel["why"]["value"]): void => {
      batch(() => {
        this.why.value = why;
        this.state.value = "over";
      });
    };
    if (error instanceof SealError && this.shown.peek()) {
      this.problem.value = { key: error.code, loud: true, retry };
    } else if (error instanceof SealError) over("not-genuine");
    else if (error instanceof ProtocolError && error.code === "not_found") over("unknown");
    else if (error instanceof ProtocolError)
      this.problem.value = { key: error.code, loud: false, retry };
    else this.problem.value = { key: "offline", loud: false, retry };
  }
}

const countsFor = ({ receipt }: Claimed, attempt: Attempt): boolean =>
  same(receipt, hash(attempt.receipt));

function lineOf(
  it: Prescribed,
  line: Line,
  number: number,
  expired: boolean,
  dispensers: Dispensers,
): CounterLine {
  const deliveries = it.dispensing.lines[number - 1]?.deliveries ?? 0;
  const reason = inert(line.why?.reason ?? "", LIMIT);
  const given = line.given.map(
    (receipt): GivenLine => ({
      what: inert(receipt.said.given, LIMIT),
      whole: receipt.said.whole,
      at: new Date(receipt.said.at),
      by: inert(receipt.said.dispenser, LIMIT),
      place: inert(receipt.said.place, LIMIT),
      card: dispensers.of(receipt),
    }),
  );
  const steps = (it.dispensing.lines[number - 1]?.steps ?? 0) - given.length;
  const { left } = line;
  const state = stateOf(line, expired);
  return { number, given, left, deliveries, state, reason, parts: steps > left };
}

function stateOf(line: Line, expired: boolean): CounterLine["state"] {
  if (line.left === 0) return "given";
  if (line.revoked) return "revoked";
  if (line.missing) return "unknown";
  if (line.step === null) return "spent";
  return expired ? "expired" : "open";
}

/** The model of the page that a ticket opens. */
export function createCounter(needs: Omit<Needs, "origin"> & Pick<Platform, "address">): Counter {
  const { address } = needs;
  const fragment = address.fragment();
  // Out of the address bar and its history before anything else.
  address.clearFragment();
  let ticket: Ticket | undefined;
  try {
    ticket = parseTicket(fragment);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
  }
  return new Counter({ ...needs, origin: address.origin }, ticket);
}
