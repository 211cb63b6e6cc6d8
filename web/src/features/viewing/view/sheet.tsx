import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { useTexts } from "../../../ui/context.tsx";
import { type Size, stepped } from "../fitting.ts";
import type { SheetsModel } from "../model.ts";
import type { Run, Sheet } from "../sheet.ts";

interface SheetFrameProps {
  readonly model: SheetsModel;
  readonly scale: number;
  readonly onSize: (size: Size) => void;
}

/** What scrolls, and in it the page. */
export function SheetFrame({ model, scale, onSize }: SheetFrameProps) {
  const say = useTexts("viewing");
  const frame = useRef<HTMLElement>(null);
  const id = useId();
  const sheet = model.sheet.value;
  const [page, count] = [model.page.value, model.count.value];
  // Keys are for the page from the beginning.
  useEffect(() => frame.current?.focus(), []);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) onSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [onSize]);
  // A page begins at its top.
  useLayoutEffect(() => frame.current?.scrollTo(0, 0), [page]);
  useEffect(() => {
    const element = frame.current;
    const turned = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      model.setZoom(stepped(scale, event.deltaY < 0));
    };
    // Only a listener that says so beforehand may keep the browser from enlarging all of the page.
    element?.addEventListener("wheel", turned, { passive: false });
    return () => element?.removeEventListener("wheel", turned);
  }, [model, scale]);
  const label = count > 1 ? say("pageOf", { number: page + 1, count }) : model.name;
  return (
    <section
      class="viewing-frame"
      aria-label={say("stage")}
      aria-describedby={id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it, and move through the pages
      tabIndex={0}
      ref={frame}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (pressed(model, event.key, scale, frame.current)) event.preventDefault();
      }}
    >
      <p class="visually-hidden" id={id}>
        {say("keys")}
      </p>
      {sheet && (
        <div
          class={model.loading.value ? "viewing-sheet waiting" : "viewing-sheet"}
          style={{ width: `${sheet.width * scale}px`, height: `${sheet.height * scale}px` }}
        >
          <Drawn sheet={sheet} label={label} />
          <Text runs={sheet.text} scale={scale} />
        </div>
      )}
    </section>
  );
}

function Drawn({ sheet, label }: { readonly sheet: Sheet; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { bitmap } = sheet;
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    element.width = bitmap.width;
    element.height = bitmap.height;
    element.getContext("2d")?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} role="img" aria-label={label} />;
}

/** The letters over the picture of them, unseen: to be selected, and read aloud. */
function Text({ runs, scale }: { readonly runs: readonly Run[]; readonly scale: number }) {
  const layer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const spans = [...(layer.current?.children ?? [])] as HTMLElement[];
    // All are measured before the first is changed: else the page is laid out anew for each.
    const widths = spans.map((span) => span.offsetWidth);
    for (const [at, span] of spans.entries()) {
      const [run, width] = [runs[at], widths[at] ?? 0];
      if (!run) continue;
      const stretch = width > 0 && run.width > 0 ? run.width / width : 1;
      span.style.transform = `rotate(${run.angle}rad) scaleX(${stretch})`;
    }
  }, [runs]);
  if (runs.length === 0) return null;
  return (
    <div class="viewing-text" style={{ transform: `scale(${scale})` }} ref={layer}>
      {runs.map(({ text, x, y, size, ends }, at) => (
        <span key={`${at + 1}`} style={{ left: `${x}px`, top: `${y}px`, fontSize: `${size}px` }}>
          {ends ? `${text}\n` : text}
        </span>
      ))}
    </div>
  );
}

/** Whether the key was one of ours: others scroll. */
function pressed(
  model: SheetsModel,
  key: string,
  scale: number,
  frame: HTMLElement | null,
): boolean {
  const { page, count } = model;
  const wide = frame !== null && frame.scrollWidth > frame.clientWidth;
  const turn = (by: number) => (): void => model.go(page.peek() + by);
  const keys: Readonly<Record<string, (() => void) | undefined>> = {
    PageUp: turn(-1),
    PageDown: turn(1),
    // What is wider than the frame is moved by them.
    ArrowLeft: wide ? undefined : turn(-1),
    ArrowRight: wide ? undefined : turn(1),
    Home: () => model.go(0),
    End: () => model.go(count.peek() - 1),
    "+": () => model.setZoom(stepped(scale, true)),
    "-": () => model.setZoom(stepped(scale, false)),
    "0": () => model.setZoom("page"),
    "1": () => model.setZoom(1),
  };
  const act = Object.hasOwn(keys, key) ? keys[key] : undefined;
  act?.();
  return act !== undefined;
}
