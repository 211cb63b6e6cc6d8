/** A consult of two as tests begin it. */
import type { CallModel } from "../../../src/features/consult/call.ts";
import type { DeskModel } from "../../../src/features/desk/desk.ts";
import type { GuestModel } from "../../../src/features/guest/guest.ts";
import { settle } from "./clock.ts";
import { type Browser, type Page, World } from "./world.ts";

export interface Consult {
  readonly world: World;
  readonly desk: DeskModel;
  readonly deskPage: Page;
  readonly guest: GuestModel;
  readonly guestPage: Page;
  readonly guestBrowser: Browser;
}

/** What a consult may have in common with another one. */
interface Given {
  /** The doctor signs each document twice. */
  readonly twice?: boolean;
  readonly world?: World;
  readonly doctors?: Browser;
  readonly patients?: Browser;
}

/** A doctor's page with an open consult, and a patient's that has done nothing yet. */
export async function open({
  world = new World(),
  doctors,
  patients,
  twice = false,
}: Given = {}): Promise<Consult> {
  const { page: deskPage, desk } = world.doctor(await world.demo({ twice }), doctors);
  await world.clock.until(() => desk.current.value?.state.value === "open");
  const { guest, page: guestPage, browser: guestBrowser } = world.patient(patients);
  await settle();
  return { world, desk, deskPage, guest, guestPage, guestBrowser };
}

/** The patient is at the door. */
export async function knocked(given?: Given): Promise<Consult> {
  const consult = await open(given);
  const { world, desk, guest } = consult;
  await guest.begin();
  await world.clock.until(() => guest.connection.value === "open");
  await guest.knock("Ana Martin", "Cough");
  await world.clock.until(() => desk.waiting.value.length === 1);
  return consult;
}

export const deskCall = (desk: DeskModel): CallModel | undefined =>
  desk.current.value?.calls.value[0]?.call;

export const secure = ({ desk, guest }: Pick<Consult, "desk" | "guest">): boolean =>
  deskCall(desk)?.link.value === "secure" && guest.call.value?.link.value === "secure";

/** Both see each other. */
export async function talking(given?: Given): Promise<Consult> {
  const consult = await knocked(given);
  const { world, desk } = consult;
  await desk.current.value?.admit(desk.waiting.value[0]?.peer ?? 0);
  await world.clock.until(() => secure(consult));
  return consult;
}

export const texts = (call: CallModel | null | undefined): (string | undefined)[] =>
  call?.chat.value.map(({ text }) => text) ?? [];
