/** Two who look at a study together: who leads, how often they say so, and what of it is believed. */
import { computed, effect, signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Beside } from "../../src/features/consult/call.ts";
import type { ViewerModel, Where } from "../../src/features/imaging/model.ts";
import type { Window } from "../../src/features/imaging/picture.ts";
import { Showing } from "../../src/features/imaging/showing.ts";
import { text, utf8 } from "../../src/sealing/encoding.ts";
import { SealError } from "../../src/sealing/errors.ts";
import { FakeClock } from "./world/clock.ts";

const HANDED = new Uint8Array([1, 2, 3]);

/** As much of a viewer as looking together needs. */
function viewerOf(pictures: number, end: () => void): ViewerModel {
  const place = signal<Where>({ series: 0, picture: 0, frame: 0 });
  const window = signal<Window | null>(null);
  const inverted = signal(false);
  return {
    where: place,
    count: computed(() => pictures),
    window,
    inverted,
    reach: (to: Where) => {
      place.value = { series: 0, picture: Math.min(to.picture, pictures - 1), frame: 0 };
    },
    setWindow: (to: Window | null) => {
      window.value = to;
    },
    invert: () => {
      inverted.value = !inverted.peek();
    },
    end,
  } as unknown as ViewerModel;
}

class Pair {
  readonly clock = new FakeClock();
  readonly sent = { doctor: [] as string[], patient: [] as string[] };
  waiting = 0;
  /** Viewers that nobody has ended. */
  open = 0;
  readonly toPatient = signal<readonly Uint8Array[]>([]);
  readonly toDoctor = signal<readonly Uint8Array[]>([]);
  readonly exchanges = signal(1);
  readonly patientsExchanges = signal(1);
  readonly doctor = this.#side("doctor", this.toDoctor, this.toPatient);
  readonly patient = this.#side("patient", this.toPatient, this.toDoctor);

  #side(name: "doctor" | "patient", heard: Beside["heard"], other: Beside["heard"]): Showing {
    const side: Beside = {
      heard,
      exchanges: name === "doctor" ? this.exchanges : this.patientsExchanges,
      say: (message) => {
        this.sent[name].push(text(message));
        other.value = [...other.peek(), message];
      },
      waiting: () => this.waiting,
    };
    let drawn = 0;
    const random = (n: number): Uint8Array => {
      drawn += 1;
      return new Uint8Array(n).fill(drawn);
    };
    const open = async (handed: Uint8Array): Promise<ViewerModel> => {
      if (handed[0] !== 1) throw new SealError("bad_signature");
      this.open += 1;
      let ended = false;
      return viewerOf(20, () => {
        if (!ended) this.open -= 1;
        ended = true;
      });
    };
    const { clock } = this;
    return new Showing({ clock, random, open }, signal([side]), name === "doctor");
  }

  async both(): Promise<void> {
    await this.doctor.show(HANDED);
    await this.patient.look();
  }

  lookAt(there: { n: number; picture: number }): object {
    const [{ show }] = this.sent.doctor.map((one) => JSON.parse(one)) as [{ show: string }];
    const rest = { series: 0, frame: 0, window: null, inverted: false, point: null };
    return { t: "look", show, ...there, ...rest };
  }

  hears(message: object): void {
    this.toPatient.value = [utf8(JSON.stringify(message))];
  }
}

const SHOW = "AAAAAAAAAAAAAAAAAAAAAA";

/** The doctor's side of two guests. */
class Room {
  readonly clock = new FakeClock();
  readonly waiting = [0, 0];
  /** How often it was asked whether there is a crowd. */
  readonly asked = [0, 0];
  readonly #said: string[][] = [[], []];
  readonly #sides = [0, 1].map(
    (guest): Beside => ({
      heard: signal<readonly Uint8Array[]>([]),
      exchanges: signal(1),
      say: (message) => this.#said[guest]?.push(text(message)),
      waiting: () => {
        this.asked[guest] = (this.asked[guest] ?? 0) + 1;
        return this.waiting[guest] ?? 0;
      },
    }),
  );
  readonly #present = signal<readonly Beside[]>(this.#sides);
  readonly doctor = new Showing(
    {
      clock: this.clock,
      random: (n) => new Uint8Array(n).fill(9),
      open: async () => viewerOf(20, () => undefined),
    },
    this.#present,
    true,
  );

  hears(guest: number, message: object): void {
    const side = this.#sides[guest];
    if (side) side.heard.value = [utf8(JSON.stringify(message))];
  }

  types(guest: number): readonly string[] {
    return (this.#said[guest] ?? []).map((one) => JSON.parse(one).t);
  }

  shown(): string {
    return JSON.parse(this.#said[0]?.[0] ?? "{}").show;
  }

  look(show: string): object {
    const where = { series: 0, picture: 0, frame: 0 };
    return { t: "look", show, n: 1, ...where, window: null, inverted: false, point: null };
  }

  forget(): void {
    for (const said of this.#said) said.length = 0;
  }

  leaves(guest: number): void {
    this.#present.value = this.#sides.filter((_, at) => at !== guest);
  }
}

const at = (showing: Showing): number => showing.viewer.value?.where.value?.picture ?? -1;
const go = (showing: Showing, picture: number): void =>
  showing.viewer.value?.reach({ series: 0, picture, frame: 0 });

describe("looking together", () => {
  it("follows who moved last, and where they point", async () => {
    const pair = new Pair();
    await pair.both();
    go(pair.doctor, 7);
    pair.doctor.viewer.value?.setWindow({ center: 40, width: 400 });
    await pair.clock.advance(200);
    expect(at(pair.patient)).toBe(7);
    expect(pair.patient.viewer.value?.window.value).toEqual({ center: 40, width: 400 });
    go(pair.patient, 3);
    pair.patient.leading.point({ x: 0.5, y: 0.25 });
    await pair.clock.advance(200);
    expect(at(pair.doctor)).toBe(3);
    expect(pair.doctor.leading.pointer.value).toEqual({ x: 0.5, y: 0.25 });
  });

  it("says ten looks a second, the newest alone, and none into a crowd", async () => {
    const pair = new Pair();
    await pair.both();
    pair.sent.doctor.length = 0;
    for (let step = 1; step <= 19; step += 1) go(pair.doctor, step);
    await pair.clock.advance(100);
    expect(pair.sent.doctor).toHaveLength(1);
    expect(at(pair.patient)).toBe(19);
    pair.waiting = 16;
    go(pair.doctor, 2);
    await pair.clock.advance(5000);
    expect(pair.sent.doctor).toHaveLength(1);
    pair.waiting = 0;
    await pair.clock.advance(1000);
    expect(at(pair.patient)).toBe(2);
  });

  it("looks around alone, and comes back", async () => {
    const pair = new Pair();
    await pair.both();
    pair.patient.leading.follow(false);
    go(pair.patient, 5);
    go(pair.doctor, 9);
    await pair.clock.advance(200);
    expect([at(pair.doctor), at(pair.patient)]).toEqual([9, 5]);
    pair.patient.leading.follow(true);
    expect(at(pair.patient)).toBe(9);
  });

  it("comes to an end, and is told again to who comes back", async () => {
    const pair = new Pair();
    await pair.both();
    pair.exchanges.value = 2;
    expect(pair.sent.doctor.filter((one) => one.includes('"handed"'))).toHaveLength(2);
    expect(pair.patient.state.value).toBe("open");
    pair.doctor.close();
    expect(pair.patient.state.value).toBe("none");
    expect(pair.patient.viewer.value).toBeNull();
  });

  it("believes nothing that has no form, no study, or another name", async () => {
    const pair = new Pair();
    await pair.both();
    const [{ show }] = pair.sent.doctor.map((one) => JSON.parse(one)) as [{ show: string }];
    const look = { t: "look", show, n: 5, series: 0, picture: 4, frame: 0 };
    const rest = { window: null, inverted: false, point: null };
    pair.hears({ ...look, ...rest, picture: -1 });
    pair.hears({ ...look, ...rest, window: { center: 0, width: null } });
    pair.hears({ ...look, ...rest, point: { x: 2, y: 0 } });
    pair.hears({ ...look, ...rest, show: "AAAAAAAAAAAAAAAAAAAAAA" });
    pair.hears({ t: "show", show: "short", handed: "" });
    pair.hears({ t: "later" });
    expect(at(pair.patient)).toBe(0);
    pair.hears({ ...look, ...rest, n: Number.MAX_SAFE_INTEGER, picture: 2 ** 50 });
    expect(at(pair.patient)).toBe(19);
    go(pair.patient, 1);
    await pair.clock.advance(200);
    expect(pair.sent.patient).toHaveLength(1);
    pair.hears({ t: "show", show: "AAAAAAAAAAAAAAAAAAAAAA", handed: "AgAA" });
    await pair.patient.look();
    expect(pair.patient.state.value).toBe("refused");
  });

  it("ends what is not said again by who has a new page", async () => {
    const pair = new Pair();
    await pair.both();
    const [said] = pair.sent.doctor as [string];
    pair.patientsExchanges.value = 2;
    await pair.clock.advance(5000);
    pair.hears(JSON.parse(said));
    await pair.clock.advance(20_000);
    expect(pair.patient.state.value).toBe("open");
    pair.patientsExchanges.value = 3;
    await pair.clock.advance(9000);
    expect(pair.patient.state.value).toBe("open");
    await pair.clock.advance(2000);
    expect(pair.patient.state.value).toBe("none");
    expect(pair.open).toBe(1);
  });

  it("waits aside for who does not want it now, and goes where it is by then", async () => {
    const pair = new Pair();
    await pair.doctor.show(HANDED);
    expect(pair.patient.state.value).toBe("offered");
    pair.patient.dismiss();
    pair.exchanges.value = 2;
    expect(pair.patient.state.value).toBe("aside");
    go(pair.doctor, 6);
    await pair.clock.advance(200);
    await pair.patient.look();
    expect([pair.patient.state.value, at(pair.patient)]).toEqual(["open", 6]);
    pair.patient.close();
    pair.patient.dismiss();
    await pair.doctor.show(HANDED);
    expect(pair.patient.state.value).toBe("offered");
    pair.patient.dismiss();
    pair.doctor.close();
    expect(pair.patient.state.value).toBe("none");
  });

  it("is not offered again where it was not genuine", async () => {
    const pair = new Pair();
    const forged = { t: "show", show: SHOW, handed: "AgAA" };
    pair.hears(forged);
    await pair.patient.look();
    pair.patient.dismiss();
    pair.hears(forged);
    expect(pair.patient.state.value).toBe("none");
  });

  it("is the doctor's where both begin", async () => {
    const pair = new Pair();
    await pair.patient.show(HANDED);
    expect(pair.doctor.state.value).toBe("offered");
    await pair.doctor.look();
    go(pair.patient, 4);
    await pair.clock.advance(200);
    expect(at(pair.doctor)).toBe(4);
    await pair.doctor.show(HANDED);
    expect(pair.patient.state.value).toBe("offered");
    await pair.patient.look();
    go(pair.doctor, 9);
    await pair.clock.advance(200);
    expect([at(pair.doctor), at(pair.patient), pair.open]).toEqual([9, 9, 2]);
  });

  it("says to a patient that the doctor looks at something else", async () => {
    const pair = new Pair();
    await pair.doctor.show(HANDED);
    pair.patient.dismiss();
    await pair.patient.show(HANDED);
    expect([pair.patient.state.value, pair.patient.declined.value]).toEqual(["none", true]);
    expect(pair.doctor.state.value).toBe("open");
    pair.doctor.close();
    await pair.patient.show(HANDED);
    expect([pair.doctor.state.value, pair.patient.declined.value]).toEqual(["offered", false]);
    expect(pair.open).toBe(1);
  });

  it("points with keys, and no more when the pointer is put away", async () => {
    const pair = new Pair();
    await pair.both();
    pair.patient.leading.steer(true);
    await pair.clock.advance(200);
    expect(pair.doctor.leading.pointer.value).toEqual({ x: 0.5, y: 0.5 });
    pair.patient.leading.point({ x: 0.25, y: 1 });
    await pair.clock.advance(200);
    expect(pair.doctor.leading.pointer.value).toEqual({ x: 0.25, y: 1 });
    pair.patient.leading.steer(false);
    await pair.clock.advance(200);
    expect(pair.doctor.leading.pointer.value).toBeNull();
  });

  it("shows nothing that was given up while it was opened, and nothing once it has ended", async () => {
    const pair = new Pair();
    const gone = new AbortController();
    const given = pair.doctor.show(HANDED, gone.signal);
    gone.abort();
    await given;
    const late = pair.doctor.show(HANDED);
    pair.doctor.end();
    await late;
    expect([pair.sent.doctor, pair.open, pair.doctor.viewer.value]).toEqual([[], 0, null]);
  });

  it("shows nothing that no message holds, and goes on with what is shown", async () => {
    const pair = new Pair();
    await pair.both();
    const large = new Uint8Array(60_000).fill(1);
    await expect(pair.doctor.show(large)).rejects.toMatchObject({ code: "too_long" });
    expect([pair.doctor.state.value, pair.patient.state.value, pair.open]).toEqual([
      "open",
      "open",
      2,
    ]);
  });

  it("says no window that no message holds", async () => {
    const pair = new Pair();
    await pair.both();
    const wide = { center: 0, width: 2e9 };
    for (const window of [wide, { center: Number.NaN, width: 1 }, { center: -3e9, width: 5 }]) {
      pair.doctor.viewer.value?.setWindow({ center: 1, width: 1 });
      await pair.clock.advance(200);
      pair.doctor.viewer.value?.setWindow(window);
      await pair.clock.advance(200);
      expect(pair.patient.viewer.value?.window.value).toBeNull();
    }
  });

  it("goes where others say no more than ten times a second, and to the newest", async () => {
    const pair = new Pair();
    await pair.both();
    const seen: number[] = [];
    const stop = effect(() => void seen.push(at(pair.patient)));
    for (let n = 1; n <= 18; n += 1) pair.hears(pair.lookAt({ n, picture: n }));
    expect(seen).toEqual([0, 1]);
    await pair.clock.advance(100);
    expect(seen).toEqual([0, 1, 18]);
    pair.hears(pair.lookAt({ n: 19, picture: 3 }));
    pair.hears(pair.lookAt({ n: 20, picture: 4 }));
    go(pair.patient, 9);
    await pair.clock.advance(300);
    expect(at(pair.patient)).toBe(9);
    expect(at(pair.doctor)).toBe(9);
    stop();
  });

  it("points at nothing on another picture", async () => {
    const pair = new Pair();
    await pair.both();
    pair.doctor.leading.point({ x: 0.5, y: 0.5 });
    await pair.clock.advance(200);
    expect(pair.patient.leading.pointer.value).not.toBeNull();
    go(pair.doctor, 4);
    await pair.clock.advance(200);
    expect([pair.doctor, pair.patient].map(({ leading }) => leading.pointer.value)).toEqual([
      null,
      null,
    ]);
    pair.doctor.leading.point({ x: 0.5, y: 0.5 });
    await pair.clock.advance(200);
    pair.patient.leading.follow(false);
    go(pair.patient, 5);
    expect(pair.patient.leading.pointer.value).toBeNull();
    expect(pair.doctor.leading.pointer.value).not.toBeNull();
  });
});

describe("a doctor with several guests", () => {
  it("spreads what is shown to all, and of a guest's to nobody else", async () => {
    const room = new Room();
    await room.doctor.show(HANDED);
    go(room.doctor, 3);
    await room.clock.advance(200);
    expect(room.types(0)).toEqual(["show", "look"]);
    expect(room.types(1)).toEqual(["show", "look"]);
    room.hears(0, { ...room.look(room.shown()), n: 7, picture: 8 });
    await room.clock.advance(200);
    expect([room.types(0).length, room.types(1).length]).toEqual([2, 3]);
    room.doctor.close();
    room.forget();
    room.hears(0, { t: "show", show: SHOW, handed: "AQID" });
    await room.doctor.look();
    room.hears(1, { ...room.look(SHOW), n: 3, picture: 9 });
    expect(at(room.doctor)).toBe(0);
    room.hears(1, { t: "hide", show: SHOW });
    room.hears(1, { t: "show", show: "BBBBBBBBBBBBBBBBBBBBBA", handed: "AQID" });
    expect(room.doctor.state.value).toBe("open");
    room.hears(0, { ...room.look(SHOW), n: 1, picture: 6 });
    expect(at(room.doctor)).toBe(6);
    go(room.doctor, 2);
    await room.clock.advance(200);
    expect([room.types(0), room.types(1)]).toEqual([["look"], ["hide"]]);
    room.leaves(0);
    await room.clock.advance(11_000);
    expect(room.doctor.state.value).toBe("none");
  });

  it("does not keep one waiting for another who is away", async () => {
    const room = new Room();
    await room.doctor.show(HANDED);
    room.waiting[0] = 16;
    room.forget();
    for (let step = 1; step <= 5; step += 1) {
      go(room.doctor, step);
      await room.clock.advance(100);
    }
    expect([room.types(0).length, room.types(1).length]).toEqual([0, 5]);
    expect(room.asked[0]).toBeLessThanOrEqual(1);
    room.waiting[0] = 0;
    await room.clock.advance(1000);
    expect(room.types(0)).toEqual(["look"]);
  });
});
