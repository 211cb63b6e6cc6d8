import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useTexts } from "../../../ui/context.tsx";
import { Field, TextField } from "../../../ui/field.tsx";
import { ProblemNotice } from "../../../ui/notice.tsx";
import { Page, ScreenTitle } from "../../../ui/page.tsx";
import type { DirectoryModel, Listed } from "../directory.ts";
import { Attested, Stated } from "./card.tsx";
import "./directory.css";

const LANGUAGES = ["fr", "en", "de", "es", "it", "ar", "pt"] as const;
const WORDS = ["name", "profession", "place"] as const;
const LABELS = {
  name: "searchName",
  profession: "searchProfession",
  place: "searchPlace",
} as const;

/** Finding a practitioner of this server. */
export function DirectoryPage({ directory }: { readonly directory: DirectoryModel }) {
  const say = useTexts("practitioners");
  const found = directory.found.value;
  const searching = directory.state.value === "searching";
  const problem = directory.problem.value;
  return (
    <Page foot={say("directoryFoot")}>
      <div class="directory stack loose">
        <ScreenTitle>{say("directoryTitle")}</ScreenTitle>
        <Search directory={directory} />
        <p class="soft" role="status">
          {searching ? say("searching") : problem ? "" : say("found", { count: found.length })}
        </p>
        <ProblemNotice problem={problem} />
        <ul class="directory-found">
          {found.map((one) => (
            <li key={one.id} class="panel">
              <Entry one={one} />
            </li>
          ))}
        </ul>
        {directory.more.value && (
          <div>
            <Button disabled={searching} onPress={() => directory.showMore()}>
              {say("showMore")}
            </Button>
          </div>
        )}
      </div>
    </Page>
  );
}

function Search({ directory }: { readonly directory: DirectoryModel }) {
  const say = useTexts("practitioners");
  const language = useAllTexts().language.value;
  const names = new Intl.DisplayNames([language], { type: "language" });
  const sought = directory.sought.value;
  return (
    <search class="directory-search">
      {WORDS.map((word) => (
        <TextField
          key={word}
          label={say(LABELS[word])}
          type="search"
          maxLength={120}
          value={sought[word]}
          onInput={(text) => directory.seek({ [word]: text })}
        />
      ))}
      <Field label={say("searchLanguage")}>
        {(wiring) => (
          <select
            {...wiring}
            class="input"
            value={sought.language}
            onChange={(event) => directory.seek({ language: event.currentTarget.value })}
          >
            <option value="">{say("anyLanguage")}</option>
            {LANGUAGES.map((code) => (
              <option key={code} value={code}>
                {names.of(code)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </search>
  );
}

function Entry({ one }: { readonly one: Listed }) {
  return (
    <div class="stack">
      <Stated card={one.card} />
      <Attested attestation={one.attestation} none="directoryUnchecked" />
    </div>
  );
}
