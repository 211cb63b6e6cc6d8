import { useState } from "preact/hooks";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Check } from "../../../ui/field.tsx";
import { languagesBeside } from "../profile.ts";

interface LanguagesProps {
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
}

/** The languages that a doctor speaks with patients, named in the language shown. */
export function Languages({ chosen, onChoose }: LanguagesProps) {
  const say = useTexts("desk");
  const names = new Intl.DisplayNames(useAllTexts().language.value, { type: "language" });
  // The choice stays while one unticks what was chosen before, and keeps its order on the card.
  const [choice] = useState(() => languagesBeside(chosen));
  return (
    <fieldset class="profile-languages">
      <legend>{say("languages")}</legend>
      {choice.map((code) => (
        <Check
          key={code}
          checked={chosen.includes(code)}
          onChange={(on) =>
            onChoose(choice.filter((one) => (one === code ? on : chosen.includes(one))))
          }
        >
          {names.of(code) ?? code}
        </Check>
      ))}
    </fieldset>
  );
}
