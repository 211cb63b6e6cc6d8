/** A doctor who has enrolled, and their second device. */
import type { DeskModel } from "../../../src/features/desk/desk.ts";
import type { FakeClock } from "./clock.ts";
import { DOCTOR, settled } from "./doctors.ts";
import { type MadeSheet, makeWays } from "./ways.ts";
import { Browser, World } from "./world.ts";

export interface Enrolled {
  readonly world: World;
  readonly laptop: DeskModel;
  readonly sheets: readonly MadeSheet[];
}

export async function enrolled(): Promise<Enrolled> {
  const world = new World();
  const { desk } = world.doctor("enrol=1234");
  await world.clock.until(() => desk.phase.value === "enrolling");
  await settled(world.clock, desk.enrol("1234", DOCTOR, true));
  const sheets = await makeWays(world.clock, desk);
  return { world, laptop: desk, sheets };
}

/** Answers the question for a way back, once it is asked. */
export async function show(clock: FakeClock, desk: DeskModel, { words }: MadeSheet): Promise<void> {
  await clock.until(() => desk.ways.value?.opening.value != null);
  await desk.ways.value?.opening.value?.giveSheet(words);
}

export const sheetOf = ([first]: readonly MadeSheet[]): MadeSheet => {
  if (!first) throw new Error("no sheet was made");
  return first;
};

/** A second device, added between the two screens. */
export async function added({ world, laptop, sheets }: Enrolled, browser = new Browser()) {
  const { clock } = world;
  laptop.devices.value?.add();
  await clock.until(() => laptop.devices.value?.adding.value?.phase.value === "showing");
  const showing = laptop.devices.value?.adding.value;
  const fragment = showing?.link.value.split("#")[1] ?? "";
  const { desk: phone } = world.doctor(fragment, browser);
  await clock.until(() => phone.phase.value === "joining");
  void phone.joining.value?.ask("Phone");
  await clock.until(() => phone.joining.value?.phase.value === "code");
  await clock.until(() => showing?.phase.value === "code");
  void showing?.enter(phone.joining.value?.code.value ?? "");
  await show(clock, laptop, sheetOf(sheets));
  await clock.until(() => phone.phase.value === "ready");
  return { phone, browser };
}
