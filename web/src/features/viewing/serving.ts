/** The worker's side: opens one file, and draws pages of it as it is asked. */
import type { Asset, FromWorker, ToWorker } from "./renderer.ts";
import { Refused, type Sheet } from "./sheet.ts";

/** A file that was opened. Pages are numbered from 0. */
export interface Opened {
  readonly pages: number;
  /** `scale`: pixels for each CSS pixel of its own size. Rejects with Refused, or anything else. */
  draw(page: number, scale: number): Promise<Sheet>;
}

/** Has the page fetch a file of ours. Rejects where it cannot be had. */
export type Bring = (asset: Asset) => Promise<Uint8Array>;

/** What of a dedicated worker's scope is used; the types of a page's would be another's. */
export interface Scope {
  postMessage(message: FromWorker, moved: readonly Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

export function serve(scope: Scope, open: (file: Blob, bring: Bring) => Promise<Opened>): void {
  const wanted = new Map<Asset, ((bytes: Uint8Array | null) => void)[]>();
  const bring: Bring = (asset) =>
    new Promise((done, failed) => {
      const waiting = wanted.get(asset) ?? [];
      wanted.set(asset, waiting);
      waiting.push((bytes) => (bytes ? done(bytes.slice()) : failed(new TypeError("no asset"))));
      if (waiting.length === 1) scope.postMessage({ wants: asset }, []);
    });
  let opened: Opened | undefined;

  async function answer(message: Exclude<ToWorker, { readonly asset: Asset }>): Promise<void> {
    if ("open" in message) {
      opened = await open(message.open, bring);
      scope.postMessage({ opened: opened.pages }, []);
    } else {
      if (!opened) throw new Refused("broken");
      const drawn = await opened.draw(message.draw, message.scale);
      scope.postMessage({ drawn }, [drawn.bitmap]);
    }
  }

  scope.onmessage = ({ data: message }) => {
    if ("asset" in message) {
      const waiting = wanted.get(message.asset) ?? [];
      wanted.delete(message.asset);
      for (const tell of waiting) tell(message.bytes);
      return;
    }
    answer(message).catch((error: unknown) =>
      scope.postMessage({ refused: error instanceof Refused ? error.why : "broken" }, []),
    );
  };
  scope.postMessage({ ready: true }, []);
}
