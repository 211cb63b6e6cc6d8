/** A practitioner who makes ways back at their desk. */
import type { DeskModel } from "../../../src/features/desk/desk.ts";
import type { WaysBackModel } from "../../../src/features/recovery/ways-back.ts";
import type { FakeClock } from "./clock.ts";

export interface MadeSheet {
  /** As they are typed. */
  readonly words: string;
  /** What its QR opens. */
  readonly fragment: string;
}

/** Prints one, and copies the words that are asked for. */
export async function makeSheet(model: WaysBackModel, label: string): Promise<MadeSheet> {
  await model.start("sheet", label, "en");
  const making = model.making.peek();
  if (making?.kind !== "sheet") throw new Error("no sheet is being made");
  model.printed();
  await model.check(making.asked.map((place) => making.words[place - 1] ?? ""));
  return { words: making.words.join(" "), fragment: making.link.split("#")[1] ?? "" };
}

/** Two sheets and a passkey, after which the desk is ready. */
export async function makeWays(clock: FakeClock, desk: DeskModel): Promise<readonly MadeSheet[]> {
  const model = desk.ways.peek()?.changing.peek();
  if (!model) throw new Error("no ways are asked for");
  const sheets = [await makeSheet(model, "Home"), await makeSheet(model, "Bank")];
  await model.start("passkey", "Phone", "en");
  await model.makePasskey();
  void model.finish();
  await clock.until(() => desk.phase.value === "ready");
  return sheets;
}
