/**
 * What a desk sees of one person's consult, for the record of it: when it began and ended, and what
 * went wrong. It is in this page's memory alone, so that nothing of it rests anywhere unless a
 * doctor signs it: what was before the page was loaded anew is not known.
 */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { CallModel } from "../consult/call.ts";
import type { Clock } from "../ports.ts";

export interface Incident {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly what:
    | "interrupted"
    | "back"
    /** The authentication string is another one. */
    | "number"
    /** A check failed, and nothing was shown. */
    | "refused"
    | "left"
    /** It went on where another device of the practitioner's is. */
    | "moved"
    | "returned";
}

export interface Seen {
  /** Since when this page watches. */
  readonly watched: number;
  /** The first secure moment; null before. */
  readonly began: ReadonlySignal<number | null>;
  /** Null while the person is there. */
  readonly ended: ReadonlySignal<number | null>;
  readonly incidents: ReadonlySignal<readonly Incident[]>;
}

type Watched = Pick<CallModel, "link" | "since" | "authenticationString">;

/** What is remembered of a consult that goes on and off for hours. */
const MOST = 200;

export class Journal implements Seen {
  readonly watched: number;
  readonly began = signal<number | null>(null);
  readonly ended = signal<number | null>(null);
  readonly incidents = signal<readonly Incident[]>([]);
  readonly #clock: Pick<Clock, "now">;
  #link: CallModel["link"]["value"] = "connecting";
  #number = "";
  #stop = (): void => undefined;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.watched = clock.now();
  }

  /** A call with the person begins, in the place of one before. */
  watch({ link, since, authenticationString }: Watched): void {
    this.#stop();
    if (this.ended.peek() !== null) this.#say("returned");
    this.ended.value = null;
    this.#stop = effect(() => {
      this.#linked(link.value);
      this.#numbered(authenticationString.value);
      this.began.value = this.began.peek() ?? since.value;
    });
  }

  /** The call is over; null: the consult ended. */
  over(why: "left" | "moved" | null): void {
    this.#stop();
    if (this.ended.peek() !== null) return;
    this.ended.value = this.#clock.now();
    this.#link = "connecting";
    // Whoever is admitted again has another one.
    this.#number = "";
    if (why) this.#say(why);
  }

  #linked(link: CallModel["link"]["value"]): void {
    const before = this.#link;
    const [down, was] = [isDown(link), isDown(before)];
    this.#link = link;
    if (link === "refused" && before !== "refused") this.#say("refused");
    else if (down && !was) this.#say("interrupted");
    else if (link === "secure" && was) this.#say("back");
  }

  #numbered(number: string): void {
    if (this.#number !== "" && number !== "" && number !== this.#number) this.#say("number");
    if (number !== "") this.#number = number;
  }

  #say(what: Incident["what"]): void {
    const said = this.incidents.peek();
    if (said.length < MOST) this.incidents.value = [...said, { at: this.#clock.now(), what }];
  }
}

const isDown = (link: CallModel["link"]["value"]): boolean =>
  link === "reconnecting" || link === "lost";
