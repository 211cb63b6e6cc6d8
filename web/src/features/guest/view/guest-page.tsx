import { useTexts } from "../../../ui/context.tsx";
import { later } from "../../../ui/later.tsx";
import { Page } from "../../../ui/page.tsx";
import type { GuestModel } from "../guest.ts";
import { Ending } from "./ending.tsx";
import { Ready } from "./ready.tsx";
import { Start } from "./start.tsx";
import { Waiting } from "./waiting.tsx";
import "./guest.css";

const Consult = later(async () => (await import("./consult.tsx")).Consult, "consult");

/** The patient's page: one screen a phase, one main action a screen. */
export function GuestPage({ guest }: { guest: GuestModel }) {
  const say = useTexts("guest");
  const phase = guest.phase.value;
  const call = guest.call.value;
  if (phase === "consult" && call) {
    return <Consult guest={guest} call={call} />;
  }
  return (
    <Page foot={say("foot")}>
      <div class={phase === "preview" ? "column guest-wide" : "column"}>
        {phase === "start" && <Start guest={guest} />}
        {phase === "preview" && <Ready guest={guest} />}
        {(phase === "waiting" || phase === "held" || phase === "consult") && (
          <Waiting key={phase} guest={guest} preload={Consult.preload} />
        )}
        {phase !== "start" &&
          phase !== "preview" &&
          phase !== "waiting" &&
          phase !== "held" &&
          phase !== "consult" && <Ending key={phase} guest={guest} phase={phase} />}
      </div>
    </Page>
  );
}
