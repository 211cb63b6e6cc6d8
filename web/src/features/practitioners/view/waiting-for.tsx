import { useTexts } from "../../../ui/context.tsx";
import { inert } from "../../inert.ts";
import type { Standing } from "../standing.ts";
import { whoOf } from "./card.tsx";

/** Whom one waits for, and who says so. */
export function WaitingFor({ record }: { readonly record: NonNullable<Standing["record"]> }) {
  const say = useTexts("practitioners");
  const { attestation } = record;
  return (
    <p>
      {say("waitingFor", { who: whoOf(record.card) })}{" "}
      <span class="soft">
        {attestation
          ? say("waitingRegistrar", { registrar: inert(attestation.registrar) })
          : say("waitingNobody")}
      </span>
    </p>
  );
}
