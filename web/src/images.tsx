/**
 * A step between: what a page knows of a late file are the names of all that it needs, and the first
 * page of a patient has no room for so many. Fetched in a call.
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CallModel } from "./features/consult/call.ts";
import { later } from "./ui/later.tsx";

const Shown = later(
  async () => (await import("./shown-images.tsx")).PatientsImages,
  "imaging",
  "files",
);
const ShowButton = later(
  async () => (await import("./features/imaging/view/show-button.tsx")).ShowButton,
  "imaging",
);

/** A page has one consult, and a call in it that another one may follow. */
const calls = signal<readonly CallModel[]>([]);
const choosing = signal(false);
const wanted = signal(false);

interface ImagesProps {
  readonly call: CallModel;
  /** The button alone, where it has its place. */
  readonly tool?: boolean;
}

/** The rest comes when the doctor shows something, or the patient wants to. */
export function Images({ call, tool = false }: ImagesProps) {
  return tool ? <ShowButton onPress={choose} /> : <Rest call={call} />;
}

function choose(): void {
  choosing.value = true;
}

function Rest({ call }: { readonly call: CallModel }) {
  useEffect(() => {
    calls.value = [call];
  }, [call]);
  useEffect(
    () => () => {
      calls.value = [];
      choosing.value = false;
    },
    [],
  );
  if (!wanted.value && (choosing.value || call.beside?.heard.value.length)) wanted.value = true;
  return wanted.value ? <Shown calls={calls} choosing={choosing} /> : null;
}
