import type { ComponentProps } from "preact";
import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Page } from "../../../ui/page.tsx";
import type { GuestModel, GuestPhase } from "../guest.ts";
import { Ending } from "./ending.tsx";
import { Ready } from "./ready.tsx";
import { Start } from "./start.tsx";
import { Waiting } from "./waiting.tsx";
import "./guest.css";

const Consult = later(async () => (await import("./consult.tsx")).Consult, "consult");

/** Phases before a call, in which its page is made ready, and in it. */
const isBefore = (phase: GuestPhase): phase is "waiting" | "held" | "consult" =>
  phase === "waiting" || phase === "held" || phase === "consult";

interface GuestPageProps extends Pick<ComponentProps<typeof Consult>, "Images"> {
  readonly guest: GuestModel;
}

/** The patient's page: one screen a phase, one main action a screen. */
export function GuestPage({ guest, Images }: GuestPageProps) {
  const phase = guest.phase.value;
  const call = phase === "consult" ? guest.call.value : null;
  return (
    <>
      {isBefore(phase) && <Consult guest={guest} call={call} Images={Images} />}
      {!call && <Screen guest={guest} phase={phase} />}
    </>
  );
}

function Screen({ guest, phase }: { guest: GuestModel; phase: GuestPhase }) {
  const say = useTexts("guest");
  return (
    <Page foot={say("foot")}>
      <div class={phase === "preview" ? "column guest-wide" : "column"}>
        {phase === "start" && <Start guest={guest} />}
        {phase === "preview" && <Ready guest={guest} />}
        {isBefore(phase) && <Waiting key={phase} guest={guest} preload={Consult.preload} />}
        {phase !== "start" && phase !== "preview" && !isBefore(phase) && (
          <Ending key={phase} guest={guest} phase={phase} />
        )}
      </div>
    </Page>
  );
}
