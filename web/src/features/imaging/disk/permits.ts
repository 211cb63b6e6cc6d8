/** What is shown from a disk in a consult is paid for by the practice's desk. */
import type { ReadonlySignal } from "@preact/signals";
import type { PermitsModel } from "../../permits/model.ts";
import { SHOWN_DAYS } from "../limits.ts";
import type { Host } from "../together.ts";
import { Unpaid } from "./granting.ts";

/** Permits for one sending each, without an address. */
export const permitsOf =
  (permits: ReadonlySignal<Pick<PermitsModel, "bare" | "problem"> | null>): Host["permit"] =>
  async (bytes) => {
    const desk = permits.peek();
    const url = await desk?.bare({ bytes, days: SHOWN_DAYS, links: 1 });
    const fragment = url?.split("#")[1];
    if (!fragment) throw new Unpaid(desk?.problem.peek()?.key ?? "offline");
    return fragment;
  };
