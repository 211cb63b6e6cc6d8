import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Field } from "../../../ui/field.tsx";
import { Notice } from "../../../ui/notice.tsx";
import type { Refusal } from "../bdpm.ts";
import type { Library } from "../library.ts";
import { LIMITS } from "../limits.ts";

/** Where the list of medicines is loaded, replaced and taken away. */
export function LibraryPanel({ library }: { readonly library: Library }) {
  const say = useTexts("prescription");
  const { language } = useAllTexts();
  const shelf = library.shelf.value;
  const refusal = library.refusal.value;
  const day = (at: number): string =>
    new Date(at).toLocaleDateString(language.value, { dateStyle: "long" });
  const counted = (count: number) => ({
    count,
    number: count.toLocaleString(language.value),
  });
  return (
    <details class="rx-library">
      <summary>
        {shelf.kind === "ready"
          ? say("listReady", { ...counted(shelf.count), date: day(shelf.loaded) })
          : say("listTitle")}
      </summary>
      <div class="rx-section">
        <p class="soft small">{say("listLead")}</p>
        <Field
          label={say("listFiles")}
          hint={say("listFilesHint")}
          error={refusal ? refusalText(refusal, say) : undefined}
        >
          {(wiring) => (
            <input
              {...wiring}
              type="file"
              multiple
              accept=".txt,text/plain"
              disabled={shelf.kind === "reading"}
              onChange={(event) => {
                const chosen = [...(event.currentTarget.files ?? [])];
                event.currentTarget.value = "";
                void library.take(
                  chosen.map((file) => ({
                    name: file.name,
                    size: file.size,
                    read: async () => new Uint8Array(await file.arrayBuffer()),
                  })),
                );
              }}
            />
          )}
        </Field>
        <div role="status">
          {shelf.kind === "reading" && <p>{say("listReading")}</p>}
          {shelf.kind === "ready" && (
            <Notice icon="check">{say("listLoaded", counted(shelf.count))}</Notice>
          )}
        </div>
        {shelf.kind === "ready" && (
          <>
            <p class="soft small">{say("listNoChecks")}</p>
            <div>
              <Button look="quiet" compact icon="trash" onPress={() => void library.forget()}>
                {say("listForget")}
              </Button>
            </div>
          </>
        )}
      </div>
    </details>
  );
}

type Shown = Refusal | { readonly key: "unread" | "unkept" };

function refusalText(refusal: Shown, say: ReturnType<typeof useTexts<"prescription">>): string {
  switch (refusal.key) {
    case "not_bdpm":
      return say("list_not_bdpm", { name: refusal.name });
    case "empty":
      return say("list_empty", { name: refusal.name });
    case "large":
      return say("list_large", { name: refusal.name, megabytes: LIMITS.bytes / 1024 / 1024 });
    case "twice":
      return say("list_twice", { name: refusal.name });
    case "line":
      return say("list_line", { name: refusal.name, line: refusal.line });
    case "missing":
      return say("list_missing", { name: refusal.wanted });
    default:
      return say(`list_${refusal.key}`);
  }
}
