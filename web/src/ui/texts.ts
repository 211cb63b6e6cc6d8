/**
 * All texts of the pages. A feature keeps its own in `texts/fr.json` and `texts/en.json`, flat keys;
 * a file is loaded when its feature first shows, in one language only. No text stands in code.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { createInstance } from "i18next";
import type adding from "../features/adding/texts/fr.json";
import type consult from "../features/consult/texts/fr.json";
import type desk from "../features/desk/texts/fr.json";
import type dispensing from "../features/dispensing/texts/fr.json";
import type documents from "../features/documents/texts/fr.json";
import type files from "../features/files/texts/fr.json";
import type guest from "../features/guest/texts/fr.json";
import type helping from "../features/helping/texts/fr.json";
import type imaging from "../features/imaging/texts/fr.json";
import type keeping from "../features/keeping/texts/fr.json";
import type landing from "../features/landing/texts/fr.json";
import type links from "../features/links/texts/fr.json";
import type lock from "../features/lock/texts/fr.json";
import type media from "../features/media/texts/fr.json";
import type practitioners from "../features/practitioners/texts/fr.json";
import type prescription from "../features/prescription/texts/fr.json";
import type problems from "../features/problems/texts/fr.json";
import type recovery from "../features/recovery/texts/fr.json";
import type reports from "../features/reports/texts/fr.json";
import type viewing from "../features/viewing/texts/fr.json";
import type ui from "./texts/fr.json";

/** One entry a file; a new feature adds its own here. */
interface Files {
  ui: typeof ui;
  landing: typeof landing;
  links: typeof links;
  lock: typeof lock;
  guest: typeof guest;
  media: typeof media;
  adding: typeof adding;
  consult: typeof consult;
  desk: typeof desk;
  dispensing: typeof dispensing;
  documents: typeof documents;
  files: typeof files;
  helping: typeof helping;
  imaging: typeof imaging;
  keeping: typeof keeping;
  practitioners: typeof practitioners;
  prescription: typeof prescription;
  problems: typeof problems;
  recovery: typeof recovery;
  reports: typeof reports;
  viewing: typeof viewing;
}

type WithoutPlural<K> = K extends `${infer Stem}_${"one" | "other"}` ? Stem : K;

export type Namespace = keyof Files;
export type Key<N extends Namespace> = WithoutPlural<keyof Files[N] & string>;
/** What stands for `{{name}}` in a text; `count` also chooses singular or plural. */
export type Values = Readonly<Record<string, string | number>>;
export type Language = "fr" | "en";

export const LANGUAGES: Readonly<Record<Language, string>> = { fr: "Français", en: "English" };

const loaders = import.meta.glob<Record<string, string>>(
  ["./texts/*.json", "../features/*/texts/*.json"],
  { import: "default" },
);

const pathOf = (namespace: Namespace, language: Language): string =>
  namespace === "ui"
    ? `./texts/${language}.json`
    : `../features/${namespace}/texts/${language}.json`;

export const isLanguage = (value: unknown): value is Language =>
  typeof value === "string" && Object.hasOwn(LANGUAGES, value);

export interface Texts {
  readonly language: ReadonlySignal<Language>;
  /** Reads the language signal: who calls it while rendering is rendered again on a change. */
  say<N extends Namespace>(namespace: N, key: Key<N>, values?: Values): string;
  /** The sentence for a problem's key, or the general one where no text has that key. */
  sayProblem(key: string): string;
  load(...namespaces: Namespace[]): Promise<void>;
  choose(language: Language): Promise<void>;
}

/**
 * French sets a space before high punctuation and inside guillemets at which no line may break. Texts
 * are written with plain spaces, which translators can see.
 */
const unbroken = (text: string): string =>
  text
    .replace(/ ([;?!])/g, "\u202f$1")
    .replace(/ ([:»])/g, "\u00a0$1")
    .replace(/« /g, "«\u00a0");

/** `remember` is told of a choice; it may keep it for the page's life, never on the device. */
export function createTexts(
  initial: Language,
  remember: (language: Language) => void = () => undefined,
): Texts {
  const language = signal(initial);
  const i18n = createInstance();
  void i18n.init({
    lng: initial,
    supportedLngs: Object.keys(LANGUAGES),
    fallbackLng: false,
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // Preact escapes
    resources: {},
  });
  const wanted = new Set<Namespace>();

  async function fetchAll(into: Language, namespaces: Iterable<Namespace>): Promise<void> {
    await Promise.all(
      [...namespaces].map(async (namespace) => {
        if (i18n.hasResourceBundle(into, namespace)) return;
        const texts = await loaders[pathOf(namespace, into)]?.();
        if (!texts) return;
        const typeset = Object.entries(texts).map(([key, text]) => [key, unbroken(text)]);
        i18n.addResourceBundle(into, namespace, Object.fromEntries(typeset));
      }),
    );
  }

  return {
    language,
    say: (namespace, key, values = {}) =>
      i18n.t(key, { ...values, ns: namespace, lng: language.value }),
    sayProblem(key) {
      const lng = language.value;
      return i18n.exists(key, { ns: "problems", lng })
        ? i18n.t(key, { ns: "problems", lng })
        : i18n.t("internal", { ns: "problems", lng });
    },
    async load(...namespaces) {
      for (const namespace of namespaces) wanted.add(namespace);
      await fetchAll(language.peek(), namespaces);
    },
    async choose(next) {
      await fetchAll(next, wanted);
      language.value = next;
      remember(next);
    },
  };
}
