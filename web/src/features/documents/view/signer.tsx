import { useTexts } from "../../../ui/context.tsx";
import type { Signer } from "../../paper/model.ts";

/** Who signed, as their paper is headed. */
export function SignerFacts({ label, who }: { readonly label: string; readonly who: Signer }) {
  const say = useTexts("documents");
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <strong>{who.name}</strong>
        <span>{`${who.profession}, ${who.speciality}`}</span>
        <span>{say("rpps", { rpps: who.rpps })}</span>
        <span class="lines">{who.address}</span>
        <span>{who.phone}</span>
        <span>{who.email}</span>
      </dd>
    </div>
  );
}
