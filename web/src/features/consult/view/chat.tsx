import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../ui/button.tsx";
import { useMoment, useTexts } from "../../../ui/context.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Icon } from "../../../ui/icons.tsx";
import { linesFull } from "../bounds.ts";
import type { ChatLine } from "../call.ts";
import type { ChatModel } from "../group.ts";

/** As many characters as one message may have (docs/sealed-formats.md, Messages). */
const TEXT_LIMIT = 4000;

/** What was written and shown so far, and where to write. `other`: who the one other person is. */
export function Chat({ model, other }: { model: ChatModel; other: string }) {
  return (
    <div class="chat">
      <ChatLog model={model} other={other} />
      <Composer model={model} />
    </div>
  );
}

/** What was written and shown so far. */
export function ChatLog({ model, other }: { model: ChatModel; other: string }) {
  const say = useTexts("consult");
  const lines = model.chat.value;
  const log = useRef<HTMLDivElement>(null);
  const [enlarged, enlarge] = useState<string | null>(null);
  useScrolledToEnd(log, lines.length);
  useReadWhenSeen(log, model, lines.length);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboards must be able to scroll it */}
      <div ref={log} class="chat-log" role="log" aria-label={say("messages")} tabIndex={0}>
        {linesFull(lines) && <p class="chat-empty">{say("chatFull")}</p>}
        {lines.length === 0 && <p class="chat-empty">{say("chatEmpty")}</p>}
        {lines.map((line) => (
          <Line key={`${line.author} ${line.id}`} line={line} other={other} onEnlarge={enlarge} />
        ))}
      </div>
      {enlarged && (
        <Dialog title={say("photo")} onClose={() => enlarge(null)} large>
          <img class="photo-large" src={enlarged} alt={say("photo")} />
        </Dialog>
      )}
    </>
  );
}

interface LineProps {
  readonly line: ChatLine;
  readonly other: string;
  readonly onEnlarge: (url: string) => void;
}

function Line({ line, other, onEnlarge }: LineProps) {
  const say = useTexts("consult");
  const time = useMoment({ hour: "2-digit", minute: "2-digit" });
  const { photo } = line;
  const url = photo?.url;
  const pending = line.state === "sending" || photo?.state === "sending";
  return (
    <div class={line.mine ? "line mine" : "line"}>
      {line.author !== undefined && <p class="line-author">{line.author}</p>}
      <div class="bubble">
        {line.author === undefined && (
          <span class="visually-hidden">{line.mine ? say("you") : other}</span>
        )}
        {line.text !== undefined && <p>{line.text}</p>}
        {url && (
          <button
            type="button"
            class="photo"
            aria-label={say("enlarge")}
            onClick={() => onEnlarge(url)}
          >
            <img src={url} alt={say("photo")} />
          </button>
        )}
        {photo?.state === "loading" && <p class="soft">{say("photoLoading")}</p>}
        {photo?.state === "failed" && (
          <p class="photo-failed">
            <Icon name="alert" />
            {say("photoFailed")}
          </p>
        )}
      </div>
      <p class="line-foot">
        <time dateTime={line.at}>{time(new Date(line.at))}</time>
        {line.mine && <span>{say(pending ? "sending" : "sent")}</span>}
      </p>
    </div>
  );
}

function Composer({ model }: { model: ChatModel }) {
  const say = useTexts("consult");
  const [text, setText] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const send = (): void => {
    const message = text.trim();
    if (!message) return;
    model.sendChat(message);
    setText("");
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        ref={file}
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const [chosen] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (chosen) void model.sendPhoto(chosen);
        }}
      />
      <Button look="quiet" icon="photo" iconOnly onPress={() => file.current?.click()}>
        {say("sendPhoto")}
      </Button>
      <textarea
        class="input"
        rows={1}
        aria-label={say("message")}
        placeholder={say("messageHint")}
        maxLength={TEXT_LIMIT}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Button look="main" submit icon="send" iconOnly>
        {say("send")}
      </Button>
    </form>
  );
}

/** Keeps the newest line in sight, unless the reader has scrolled up to read. */
function useScrolledToEnd(log: { current: HTMLDivElement | null }, count: number): void {
  const seen = useRef(0);
  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const fromEnd = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (fromEnd < element.clientHeight || seen.current === 0)
      element.scrollTop = element.scrollHeight;
    seen.current = count;
  }, [log, count]);
}

/** Messages count as read once the log is on the screen of a page that is looked at. */
function useReadWhenSeen(
  log: { current: HTMLDivElement | null },
  model: ChatModel,
  count: number,
): void {
  useEffect(() => {
    const element = log.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting) && !document.hidden)
          model.markRead();
      },
      { threshold: 0.5 },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [log, model, count]);
}
