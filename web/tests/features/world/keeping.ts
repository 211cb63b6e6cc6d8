/** A patient who keeps what they were sent in a consult. */
import { expect } from "vitest";
import type { GuestModel } from "../../../src/features/guest/guest.ts";
import { createDocuments, type DocumentsModel } from "../../../src/features/keeping/documents.ts";
import { type KeeperModel, keeperOf } from "../../../src/features/keeping/keeper.ts";
import type { Platform } from "../../../src/features/ports.ts";
import { settle } from "./clock.ts";
import { type Consult, deskCall, talking } from "./consults.ts";
import { Workbench } from "./jobs.ts";
import type { Browser, World } from "./world.ts";

const author = { name: "Dr Camille Démo", profession: "Médecin" };
export const bytes = new TextEncoder().encode("a document");
const parts = [{ name: "a.txt", media: "text/plain", bytes }];
export const send = async ({ desk }: Consult): Promise<void> =>
  await deskCall(desk)?.sendDocument("file", author, null, parts);
export const sent = ({ desk }: Consult, index = 0) => deskCall(desk)?.documents.value[index]?.state;

export function keeperIn(guest: GuestModel): KeeperModel {
  const visit = guest.keepable();
  if (!visit) throw new Error("no visit");
  return keeperOf(visit, () => "Dr Camille Démo");
}

/** A patient who has received a document, and keeps it. */
export async function kept(
  given?: Parameters<typeof talking>[0],
): Promise<Consult & { readonly keeper: KeeperModel }> {
  const consult = await talking(given);
  await send(consult);
  await consult.world.clock.until(() => sent(consult) === "verified");
  const keeper = keeperIn(consult.guest);
  await consult.world.clock.until(() => keeper.state.value === "offered");
  void keeper.keep("");
  await consult.world.clock.until(() => keeper.state.value === "kept", 60_000);
  expect(keeper.problem.value).toBeNull();
  return { ...consult, keeper };
}

/** The page of documents, with the disk and the worker of its browser. */
export const documentsIn = (
  world: World,
  browser: Browser,
  fragment: string,
  bench = new Workbench(world, browser),
): DocumentsModel => documentsOn(world.page(browser, fragment).platform, bench);

export const documentsOn = (
  platform: Platform,
  { runJob, received, engine, decoders, renderers, line }: Workbench,
): DocumentsModel =>
  createDocuments({ ...platform, runJob, received, engine, decoders, renderers, line });

/** The page of documents, once it shows what is kept. */
export async function pageOf({ world }: Consult, browser: Browser): Promise<DocumentsModel> {
  const page = documentsIn(world, browser, "");
  await world.clock.until(() => linesOf(page).length > 0, 20_000);
  await settle();
  return page;
}

export const linesOf = (page: DocumentsModel) =>
  page.practices.value.flatMap(({ lines }) => lines.value);
