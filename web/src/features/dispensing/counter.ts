/** A prescription at the counter of a pharmacy: no account, a code that was shown, one tap. */
import { batch, signal } from "@preact/signals";
import { ProtocolError } from "../../protocol/errors.ts";
import { requireInForce } from "../../sealing/device-list.ts";
import { signDispensed } from "../../sealing/dispensing.ts";
import { same } from "../../sealing/encoding.ts";
import { require, SealError } from "../../sealing/errors.ts";
import { hash } from "../../sealing/kdf.ts";
import { seedSigner } from "../../sealing/keys.ts";
import { parseTicket, type Ticket } from "../../sealing/ticket.ts";
import { timeOf } from "../consult/conversation.ts";
import { inert } from "../inert.ts";
import type { Platform } from "../ports.ts";
import { fetchRecord, readKept } from "../practitioners/records.ts";
import { readPrescription } from "../prescription/fhir/read.ts";
import { FHIR_MEDIA } from "../prescription/parts.ts";
import type { Problem } from "../problems.ts";
import { Api } from "../rooms/api.ts";
import { Attempts, type Dispenser } from "./attempts.ts";
import type { CounterLine, CounterModel, GivenLine, Outcome, Shown } from "./model.ts";
import {
  type Attempt,
  carryOut,
  type Line,
  look,
  type Prescribed,
  prescriptionOf,
  revoke,
} from "./wire.ts";

type Needs = Pick<Platform, "http" | "clock" | "random" | "vaults"> & {
  /** Of the server. */
  readonly origin: string;
};

const LIMIT = 200;

export class Counter implements CounterModel {
  readonly state = signal<CounterModel["state"]["value"]>("looking");
  readonly shown = signal<Shown | null>(null);
  readonly lines = signal<readonly CounterLine[]>([]);
  readonly outcome = signal<CounterModel["outcome"]["value"]>(null);
  readonly lied = signal(false);
  readonly problem = signal<Problem | null>(null);
  readonly why = signal<CounterModel["why"]["value"]>(null);
  readonly dispenser = signal<Dispenser>({ name: "", place: "" });
  readonly #needs: Needs;
  readonly #api: Api;
  readonly #ticket: Ticket | undefined;
  readonly #attempts: Attempts | undefined;
  #it: Prescribed | undefined;
  #found: readonly Line[] = [];
  /** Claims of ours that the server took, by line and step: it may never show others. */
  readonly #ours = new Map<string, Uint8Array>();
  readonly revoke: CounterModel["revoke"];

  /** Without a ticket there is nothing to show. `owner`: the seed of what takes it back. */
  constructor(needs: Needs, ticket: Ticket | undefined, owner?: Uint8Array) {
    this.#needs = needs;
    this.#api = new Api(needs);
    this.#ticket = ticket;
    this.revoke = owner && ((line, reason) => this.#revoke(owner, line, reason));
    if (ticket) {
      this.#attempts = new Attempts(needs.vaults, ticket);
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
      await this.#look(it, ticket);
      batch(() => {
        this.shown.value = shown;
        this.state.value = "open";
      });
      // What a page before this one could not end: the person said yes to it.
      for (const attempt of (await this.#attempts?.all()) ?? []) await this.#carryOut(attempt);
    } catch (error) {
      this.#failed(error, () => void this.#open(ticket));
    }
  }

  async #show({ handed, dispensing }: Prescribed): Promise<Shown> {
    const { statement, card, attestation, signedAt, certificate } = handed.authorship;
    require(card !== null && signedAt !== null, "bad_form", "nothing says who wrote it");
    const parts = statement.parts.map(({ name, media }, at) => ({
      name,
      media,
      bytes: handed.parts[at] ?? new Uint8Array(),
    }));
    const { kind, issued, author, subject } = statement;
    const fhir = parts.find(({ media }) => media === FHIR_MEDIA);
    const prescription = fhir ? readPrescription(fhir.bytes) : null;
    const counted = !prescription || prescription.lines.length === dispensing.lines.length;
    require(counted, "bad_form", "another number of lines than are dispensed");
    const now = { certificate, signedAt };
    return {
      document: { kind, issued, author, subject, parts },
      prescription,
      card,
      attestation: attestation ?? undefined,
      signedAt: new Date(signedAt * 1000),
      until: new Date(dispensing.until),
      device: await this.#deviceToday(now),
    };
  }

  /** Whether the device that signed was withdrawn since: the papers of today say. */
  async #deviceToday({
    certificate,
    signedAt,
  }: Pick<Prescribed["handed"]["authorship"], "certificate"> & {
    readonly signedAt: number;
  }): Promise<Shown["device"]> {
    const { identity } = certificate;
    try {
      const kept = await fetchRecord(this.#api, identity, undefined);
      requireInForce(readKept(identity, kept).devices, certificate, signedAt);
      return "in-force";
    } catch (error) {
      return error instanceof SealError && error.code === "revoked" ? "revoked" : "unasked";
    }
  }

  async #look(it: Prescribed, ticket: Ticket): Promise<void> {
    this.#found = await look(this.#api, it, ticket);
    const expired = Date.parse(it.dispensing.until) < this.#needs.clock.now();
    batch(() => {
      this.lines.value = this.#found.map((line, at) => lineOf(it, line, at + 1, expired));
      this.lied.value ||= this.#found.some((line, at) => this.#differs(line, at + 1));
    });
  }

  #differs({ claims }: Line, line: number): boolean {
    return claims.some(({ receipt }, at) => {
      const ours = this.#ours.get(`${line}.${at + 1}`);
      return ours !== undefined && !same(ours, receipt);
    });
  }

  readonly refresh = async (): Promise<void> => {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return;
    this.problem.value = null;
    try {
      await this.#look(it, ticket);
    } catch (error) {
      this.#failed(error, () => void this.refresh());
    }
  };

  readonly dispense = async (
    line: number,
    what: string,
    whole: boolean,
    by: Dispenser,
  ): Promise<void> => {
    const [it, found] = [this.#it, this.#found[line - 1]];
    const [name, place] = [inert(by.name, LIMIT), inert(by.place, LIMIT)];
    if (!it || !found || found.step === null || name === "") return;
    const { random, clock } = this.#needs;
    this.outcome.value = null;
    this.problem.value = null;
    const claimant = seedSigner(random(32));
    const said = {
      prescription: it.statement,
      line,
      step: found.step,
      previous: found.previous,
      given: inert(what, LIMIT),
      whole,
      at: timeOf(clock.now()),
      random: random(32),
      dispenser: name,
      place,
    };
    const receipt = await signDispensed(said, claimant);
    const attempt = { line, step: found.step, receipt, claimant: claimant.publicKey };
    this.dispenser.value = { name, place };
    await this.#attempts?.iAm(this.dispenser.peek()).catch(() => undefined);
    // A browser that keeps nothing dispenses all the same: only a reload would forget this attempt.
    await this.#attempts?.keep(attempt).catch(() => undefined);
    await this.#carryOut(attempt);
  };

  async #revoke(owner: Uint8Array, line: number, reason: string): Promise<void> {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return;
    const { random, clock } = this.#needs;
    this.outcome.value = null;
    const why = { reason: inert(reason, LIMIT), at: timeOf(clock.now()) };
    try {
      await revoke(this.#api, random, it, ticket, seedSigner(owner), line, why);
    } catch (error) {
      this.#failed(error, () => void this.#revoke(owner, line, reason));
      return;
    }
    await this.refresh();
  }

  async #carryOut(attempt: Attempt): Promise<void> {
    const [it, ticket] = [this.#it, this.#ticket];
    if (!it || !ticket) return;
    try {
      const ours = await carryOut(this.#api, this.#needs.random, it, ticket, attempt);
      if (ours) this.#ours.set(`${attempt.line}.${attempt.step}`, hash(attempt.receipt));
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
    if (error instanceof SealError) over("not-genuine");
    else if (error instanceof ProtocolError && error.code === "not_found") over("unknown");
    else if (error instanceof ProtocolError)
      this.problem.value = { key: error.code, loud: false, retry };
    else this.problem.value = { key: "offline", loud: false, retry };
  }
}

function lineOf(it: Prescribed, line: Line, number: number, expired: boolean): CounterLine {
  const deliveries = it.dispensing.lines[number - 1]?.deliveries ?? 0;
  const reason = inert(line.why?.reason ?? "", LIMIT);
  const given = line.given.map(
    ({ said }): GivenLine => ({
      what: inert(said.given, LIMIT),
      whole: said.whole,
      at: new Date(said.at),
      by: inert(said.dispenser, LIMIT),
      place: inert(said.place, LIMIT),
    }),
  );
  return { number, given, left: line.left, deliveries, state: stateOf(line, expired), reason };
}

function stateOf(line: Line, expired: boolean): CounterLine["state"] {
  if (line.missing) return "unknown";
  if (line.left === 0) return "given";
  if (line.revoked) return "revoked";
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
