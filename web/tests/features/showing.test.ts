/** Two who look at a study together: who leads, how often they say so, and what of it is believed. */
import { computed, signal } from "@preact/signals";
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
function viewerOf(pictures: number): ViewerModel {
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
    end: () => undefined,
  } as unknown as ViewerModel;
}

class Pair {
  readonly clock = new FakeClock();
  readonly sent = { doctor: [] as string[], patient: [] as string[] };
  waiting = 0;
  readonly toPatient = signal<readonly Uint8Array[]>([]);
  readonly toDoctor = signal<readonly Uint8Array[]>([]);
  readonly exchanges = signal(1);
  readonly doctor = this.#side("doctor", this.toDoctor, this.toPatient);
  readonly patient = this.#side("patient", this.toPatient, this.toDoctor);

  #side(name: "doctor" | "patient", heard: Beside["heard"], other: Beside["heard"]): Showing {
    const side: Beside = {
      heard,
      exchanges: this.exchanges,
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
      return viewerOf(20);
    };
    const { clock } = this;
    return new Showing({ clock, random, open }, signal([side]), name === "doctor");
  }

  async both(): Promise<void> {
    await this.doctor.show(HANDED);
    await this.patient.look();
  }

  hears(message: object): void {
    this.toPatient.value = [utf8(JSON.stringify(message))];
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
    pair.patient.point({ x: 0.5, y: 0.25 });
    go(pair.patient, 3);
    await pair.clock.advance(200);
    expect(at(pair.doctor)).toBe(3);
    expect(pair.doctor.pointer.value).toEqual({ x: 0.5, y: 0.25 });
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
    await pair.clock.advance(200);
    expect(at(pair.patient)).toBe(2);
  });

  it("looks around alone, and comes back", async () => {
    const pair = new Pair();
    await pair.both();
    pair.patient.follow(false);
    go(pair.patient, 5);
    go(pair.doctor, 9);
    await pair.clock.advance(200);
    expect([at(pair.doctor), at(pair.patient)]).toEqual([9, 5]);
    pair.patient.follow(true);
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
});
