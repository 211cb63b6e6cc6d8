import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useAllTexts, useMoment, useTexts } from "../../../ui/context.tsx";
import { CopyField } from "../../../ui/copy.tsx";
import { useHands } from "../../../ui/hands.ts";
import { Qr } from "../../../ui/qr.tsx";
import type { Language } from "../../../ui/texts.ts";
import type { LinkLine, LinksModel } from "../model.ts";

interface HandOverProps {
  readonly links: LinksModel;
  readonly link: LinkLine;
  readonly onBack: () => void;
}

/** A link of the list. */
export function HandOver({ links, link, onBack }: HandOverProps) {
  const say = useTexts("links");
  return (
    <div class="stack loose">
      {link.to !== "" && <p>{say("handTo", { to: link.to })}</p>}
      <LinkAndWords link={link} words={(language) => links.words(link.id, language)} />
      <div class="actions">
        <Button icon="back" onPress={onBack}>
          {say("back")}
        </Button>
      </div>
    </div>
  );
}

interface LinkAndWordsProps {
  readonly link: Pick<LinkLine, "url" | "name" | "expires" | "openings">;
  /** Whom it is for, where there are several: their landmarks are told apart by it. */
  readonly to?: string;
  readonly words: (language: Language) => Promise<readonly string[]>;
  /** Below what they stand: a page's title, or a dialog's. */
  readonly Heading?: "h2" | "h3";
}

/** The link, and apart from it the words: each goes its own way. */
export function LinkAndWords({ link, to = "", words, Heading = "h3" }: LinkAndWordsProps) {
  const say = useTexts("links");
  const hands = useHands();
  const moment = useMoment({ dateStyle: "long", timeStyle: "short" });
  const until = moment(new Date(link.expires));
  const message = say("message", { link: link.url, until });
  const named = (title: string): string => (to === "" ? title : `${title}, ${to}`);
  return (
    <>
      <p class="lead">
        {say("handLead", { name: link.name, until })} {say("openings", { count: link.openings })}.
      </p>
      <section class="panel stack" aria-label={named(say("linkTitle"))}>
        <Heading>{say("linkTitle")}</Heading>
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
      <section class="panel stack" aria-label={named(say("wordsTitle"))}>
        <Heading>{say("wordsTitle")}</Heading>
        <p>{say("wordsText")}</p>
        <Words words={words} of={link.url} />
      </section>
    </>
  );
}

/** In the language of the page: whoever opens it may type those of either. */
function Words({ words: ask, of }: Pick<LinkAndWordsProps, "words"> & { readonly of: string }) {
  const language = useAllTexts().language.value;
  const [words, show] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    ask(language).then(
      (found) => !gone && show(found),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [of, language]);
  return (
    <ol class="links-words" lang={language}>
      {words.map((word, at) => (
        <li key={`${at + 1}`}>{word}</li>
      ))}
    </ol>
  );
}
