/** Renderers whose worker is the test itself: a file has as many pages as its first letter after `%PDF-` says. */
import type { Clock } from "../../../src/features/ports.ts";
import type {
  FromWorker,
  RendererNeeds,
  ToWorker,
} from "../../../src/features/viewing/renderer.ts";
import type { Sheet } from "../../../src/features/viewing/sheet.ts";

/**
 * Pages of this number are never drawn, and of this one not at all. The worker of the first asks for
 * files of ours meanwhile, one every ten seconds.
 */
export const [GREEDY_PAGE, ENDLESS_PAGE, BROKEN_PAGE] = [6, 7, 8];

/** What was drawn, and whether it was given back. */
export interface Drawn {
  readonly page: number;
  readonly scale: number;
  closed: boolean;
}

export function renderersOf(clock: Clock, drawn: Drawn[] = []): RendererNeeds {
  return {
    clock,
    startRenderer(_kind, told) {
      let ended = false;
      const tell = (message: FromWorker): void => {
        queueMicrotask(() => ended || told(message));
      };
      const want = (): void => tell({ wants: "cMapUrl/H.bcmap" });
      tell({ ready: true });
      const answer = async (message: ToWorker): Promise<void> => {
        if ("open" in message) {
          const text = await message.open.text();
          const pages = Number(text[5]);
          tell(pages > 0 ? { opened: pages } : { refused: "broken" });
        } else if ("asset" in message) {
          clock.after(10_000, want);
        } else {
          if (message.draw === ENDLESS_PAGE) return;
          if (message.draw === GREEDY_PAGE) {
            want();
            return;
          }
          if (message.draw === BROKEN_PAGE) tell({ refused: "broken" });
          else tell({ drawn: sheetOf(message.draw, message.scale) });
        }
      };
      const sheetOf = (page: number, scale: number): Sheet => {
        const one: Drawn = { page, scale, closed: false };
        drawn.push(one);
        const bitmap = {
          width: 600,
          height: 800,
          close: () => {
            one.closed = true;
          },
        } as unknown as ImageBitmap;
        return { bitmap, width: 600, height: 800, text: [], notes: [] };
      };
      return {
        post: (message) => void answer(message),
        end: () => {
          ended = true;
        },
      };
    },
    asset: async () => null,
  };
}
