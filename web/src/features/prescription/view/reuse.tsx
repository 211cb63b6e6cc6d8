import { useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import type { Earlier } from "../earlier.ts";
import type { Favourites } from "../favourites.ts";
import type { PrescriptionForm } from "../form.ts";
import { typedOf } from "../redraft.ts";

/** Lines that were written before: often, or for somebody. */
export function Reuse({
  form,
  favourites,
  earlier,
}: {
  readonly form: PrescriptionForm;
  readonly favourites: Favourites;
  readonly earlier: Earlier;
}) {
  const say = useTexts("prescription");
  const kept = favourites.list.value;
  return (
    <>
      {kept.length > 0 && (
        <details>
          <summary>{say("favourites", { count: kept.length })}</summary>
          {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
          <ul role="list" class="rx-reuse">
            {kept.map(({ id, name, line }) => (
              <li key={id}>
                <span>{name}</span>
                <span class="row">
                  <Button compact icon="plus" onPress={() => form.useLines([line])}>
                    {say("favouriteUse")}
                  </Button>
                  <Button
                    compact
                    look="quiet"
                    icon="trash"
                    iconOnly
                    onPress={() => favourites.remove(id)}
                  >
                    {say("favouriteRemove", { name })}
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <details onToggle={(event) => event.currentTarget.open && void earlier.load()}>
        <summary>{say("earlier")}</summary>
        <EarlierList form={form} earlier={earlier} />
      </details>
    </>
  );
}

function EarlierList({ form, earlier }: { form: PrescriptionForm; earlier: Earlier }) {
  const say = useTexts("prescription");
  const day = useMoment({ dateStyle: "long" });
  const [failed, fail] = useState("");
  const list = earlier.list.value;
  if (list.length === 0) return <p class="soft small">{say("earlierNone")}</p>;
  return (
    <>
      <p class="soft small">{say("earlierLead")}</p>
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari takes a list without bullets for none */}
      <ul role="list" class="rx-reuse">
        {list.map(({ id, patient, issued }) => (
          <li key={id}>
            <span>{say("earlierOne", { patient, day: day(issued) })}</span>
            <Button
              compact
              icon="plus"
              onPress={async () => {
                const lines = await earlier.lines(id);
                fail(lines ? "" : id);
                if (lines) form.useLines(lines.map(typedOf));
              }}
            >
              {say("earlierUse")}
            </Button>
          </li>
        ))}
      </ul>
      {failed !== "" && (
        <p class="error" role="alert">
          {say("earlierFailed")}
        </p>
      )}
    </>
  );
}
