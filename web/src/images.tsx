/**
 * A step between: what a page knows of a late file are the names of all that it needs, and the first
 * page of a patient has no room for so many. Fetched in a call.
 */
import { signal } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import type { CallModel } from "./features/consult/call.ts";
import { later } from "./ui/later.tsx";

const Shown = later(async () => (await import("./shown-images.tsx")).PatientsImages, "imaging");

/** The rest comes when the doctor shows something. */
export function Images({ call }: { readonly call: CallModel }) {
  const [wanted, want] = useState(false);
  const calls = useMemo(() => signal([call]), [call]);
  if (!wanted && call.beside?.heard.value.length) want(true);
  return wanted ? <Shown calls={calls} /> : null;
}
