import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** What views ask of the browser themselves; `platform/hands.ts` does it. */
export interface Hands {
  /** Puts text on the clipboard; false where the browser refuses. */
  copy(text: string): Promise<boolean>;
  /** Opens the system's share sheet; null where there is none. */
  readonly share: ((text: string) => Promise<void>) | null;
  /** Phones cannot show their screen to others. */
  readonly canShareScreen: boolean;
  /** Gives the person a file: a download. */
  save(name: string, media: string, bytes: Uint8Array): void;
  /** Opens a PDF in a tab of its own, in the browser's viewer, which prints. */
  openPdf(bytes: Uint8Array): void;
  /** Opens the browser's dialog that prints this page. */
  print(): void;
}

const NONE: Hands = {
  copy: async () => false,
  share: null,
  canShareScreen: false,
  save: () => undefined,
  openPdf: () => undefined,
  print: () => undefined,
};

const HandsContext = createContext<Hands>(NONE);
export const HandsProvider = HandsContext.Provider;
export const useHands = (): Hands => useContext(HandsContext);
