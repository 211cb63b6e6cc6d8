import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Qr } from "../../../ui/qr.tsx";
import type { LinkLine, LinksModel } from "../model.ts";

interface HandOverProps {
  readonly links: LinksModel;
  readonly link: LinkLine;
  readonly onBack: () => void;
}

/** The link, and apart from it the words: each goes its own way. */
export function HandOver({ links, link, onBack }: HandOverProps) {
  const say = useTexts("links");
  const hands = useHands();
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const until = moment(new Date(link.expires));
  const message = say("message", { link: link.url, until });
  return (
    <div class="stack loose">
      <p class="lead">
        {say("handLead", { name: link.name, until })} {say("openings", { count: link.openings })}.
      </p>
      <section class="panel stack" aria-label={say("linkTitle")}>
        <h3>{say("linkTitle")}</h3>
        <div class="links-hand">
          <div class="stack">
            <p>{say("linkText")}</p>
            <CopyField label={say("linkLabel")} text={link.url} copy={say("linkCopy")} />
            <div class="actions">
              <a
                class="button compact"
                href={`mailto:?subject=${encodeURIComponent(say("subject"))}&body=${encodeURIComponent(message)}`}
              >
                {say("byMail")}
              </a>
              {hands.share && (
                <Button compact icon="share" onPress={() => hands.share?.(message)}>
                  {say("byShare")}
                </Button>
              )}
            </div>
          </div>
          <Qr text={link.url} label={say("qr")} />
        </div>
      </section>
      <section class="panel stack" aria-label={say("wordsTitle")}>
        <h3>{say("wordsTitle")}</h3>
        <p>{say("wordsText")}</p>
        <Words links={links} link={link} />
      </section>
      <div class="actions">
        <Button icon="back" onPress={onBack}>
          {say("back")}
        </Button>
      </div>
    </div>
  );
}

/** In the language of the page: whoever opens it may type those of either. */
function Words({ links, link }: Pick<HandOverProps, "links" | "link">) {
  const language = useAllTexts().language.value;
  const [words, show] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    links.words(link.id, language).then(
      (found) => !gone && show(found),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [links, link.id, language]);
  return (
    <ol class="links-words" lang={language}>
      {words.map((word, at) => (
        <li key={`${at + 1}`}>{word}</li>
      ))}
    </ol>
  );
}
