import { useId, useState } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { Field } from "../../../ui/field.tsx";
import type { Library } from "../library.ts";
import type { Medicine } from "../medicine.ts";
import "./medicine-search.css";

/**
 * A field that offers medicines as one types: an ARIA combobox with a list that opens below, as the
 * WAI-ARIA practices describe it. Shows nothing while there is no list of medicines.
 */
export function MedicineSearch({
  library,
  onChoose,
}: {
  readonly library: Library;
  readonly onChoose: (medicine: Medicine) => void;
}) {
  const say = useTexts("prescription");
  const id = useId();
  const [typed, type] = useState("");
  const [active, activate] = useState(0);
  const [open, setOpen] = useState(false);
  if (library.shelf.value.kind !== "ready") return null;
  const found = open ? library.find(typed) : [];
  const shown = found.length > 0;
  const at = Math.min(active, found.length - 1);
  const option = (index: number): string => `${id}-${index}`;

  const choose = (medicine: Medicine | undefined): void => {
    if (!medicine) return;
    onChoose(medicine);
    type("");
    setOpen(false);
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => (shown ? activate((at + 1) % found.length) : setOpen(true)),
    ArrowUp: () => (shown ? activate((at + found.length - 1) % found.length) : setOpen(true)),
    Enter: () => choose(found[at]),
    Escape: () => (shown ? setOpen(false) : type("")),
  };
  return (
    <div class="medicines">
      <Field label={say("search")} hint={say("searchHint")}>
        {(wiring) => (
          <input
            {...wiring}
            class="input"
            type="text"
            role="combobox"
            autoComplete="off"
            spellcheck={false}
            aria-autocomplete="list"
            aria-expanded={shown}
            aria-controls={`${id}-list`}
            aria-activedescendant={shown ? option(at) : undefined}
            value={typed}
            onInput={(event) => {
              type(event.currentTarget.value);
              activate(0);
              setOpen(true);
            }}
            onBlur={() => setOpen(false)}
            onKeyDown={(event) => {
              const move = moves[event.key];
              if (!move) return;
              // Enter would send the form, Escape close the panel.
              event.preventDefault();
              event.stopPropagation();
              move();
            }}
          />
        )}
      </Field>
      <div role="status" class="visually-hidden">
        {open && typed !== "" && (shown ? say("found", { count: found.length }) : say("foundNone"))}
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={say("search")} hidden={!shown}>
        {found.map((medicine, index) => (
          // The keys that move and choose are the field's, as in every combobox.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={medicine.cis}
            id={option(index)}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // Before the field loses the focus, which would close the list.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(medicine)}
          >
            <strong>{medicine.name}</strong>
            <span class="soft small">
              {medicine.substances.map(({ name }) => name).join(" + ")}
            </span>
          </div>
        ))}
      </div>
      {open && !shown && typed.length > 2 && <p class="soft small">{say("foundNone")}</p>}
    </div>
  );
}
