/**
 * Reads the files of the French public database of medicines (base de données publique des
 * médicaments) as they are published: tab-separated, no heading, CRLF, in Windows-1252 or UTF-8
 * (both have been seen in one release), with empty lines in places. Two are needed: specialities
 * (`CIS_bdpm.txt`, twelve columns) and compositions (`CIS_COMPO_bdpm.txt`, eight); the conditions of
 * prescription (`CIS_CPD_bdpm.txt`, two) say which are narcotics. They are told apart by what is in
 * them, not by their names. The others of a release are recognised, and left alone.
 */
import { inert } from "../inert.ts";
import { LIMITS } from "./limits.ts";
import type { Medicine, Substance } from "./medicine.ts";

export interface PublishedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `line` counts from 1. `name` is that of the file as the person has it. */
export type Refusal =
  | { readonly key: "not_bdpm" | "empty" | "large" | "twice"; readonly name: string }
  | { readonly key: "line"; readonly name: string; readonly line: number }
  | { readonly key: "missing"; readonly wanted: "CIS_bdpm.txt" | "CIS_COMPO_bdpm.txt" }
  | { readonly key: "too_many" | "none" };

export type Read =
  | { readonly ok: true; readonly medicines: readonly Medicine[] }
  | { readonly ok: false; readonly refusal: Refusal };

type Kind = "specialities" | "compositions" | "conditions" | "other";
type Row = readonly string[];

const CIS = /^\d{8}$/;
/** Kinds of components: the substance as it is in the product, or the part of it that acts. */
const NATURES = new Set(["SA", "FT"]);

const decode = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
};

/** Rows end in a tab in some of the files: an empty field behind the last one is none. */
const split = (line: string): Row => line.replace(/\t$/, "").split("\t");

const isSpeciality = (row: Row): boolean =>
  (row.length === 12 || row.length === 11) &&
  CIS.test(row[0] ?? "") &&
  /^(oui|non)$/i.test(row.at(-1) ?? "");

const isComponent = (row: Row): boolean =>
  row.length === 8 && CIS.test(row[0] ?? "") && NATURES.has((row[6] ?? "").trim());

const isCondition = (row: Row): boolean => row.length === 2 && CIS.test(row[0] ?? "");

const FITS = {
  specialities: isSpeciality,
  compositions: isComponent,
  conditions: isCondition,
  other: () => true,
} as const satisfies Record<Kind, (row: Row) => boolean>;

function kindOf(rows: readonly Row[]): Kind | null {
  const [first = []] = rows;
  if (isSpeciality(first)) return "specialities";
  if (isComponent(first)) return "compositions";
  if (isCondition(first)) return "conditions";
  return CIS.test(first[0] ?? "") && first.length > 3 ? "other" : null;
}

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.key);
    this.refusal = refusal;
  }
}

interface Opened {
  readonly name: string;
  readonly kind: Kind;
  readonly rows: readonly Row[];
}

function open({ name, bytes }: PublishedFile): Opened {
  const shown = inert(name, 80);
  if (bytes.length > LIMITS.bytes) throw new Refused({ key: "large", name: shown });
  const lines = decode(bytes).split(/\r?\n/);
  const numbered = lines.map((line, at) => ({ row: split(line), line: at + 1 }));
  const filled = numbered.filter(({ row }) => row.some((value) => value.trim() !== ""));
  const rows = filled.map(({ row }) => row);
  if (rows.length === 0) throw new Refused({ key: "empty", name: shown });
  const kind = kindOf(rows);
  if (kind === null) throw new Refused({ key: "not_bdpm", name: shown });
  const bad = filled.find(({ row }) => !FITS[kind](row));
  if (bad) throw new Refused({ key: "line", name: shown, line: bad.line });
  return { name: shown, kind, rows };
}

const field = (row: Row, at: number): string => inert(row[at] ?? "", LIMITS.field);

/** What is on the market, and no homeopathy: that has no substance, strength or dose to prescribe. */
const isPrescribed = (row: Row): boolean =>
  /^commercialis/i.test(row[6] ?? "") &&
  /active/i.test(row[4] ?? "") &&
  !/hom[ée]o/i.test(row[5] ?? "");

/** `500,00 mg` and `500 mg` are one amount. */
const plain = (amount: string): string =>
  amount
    .replace(/(\d)\s+(?=\d)/g, "$1")
    .replace(/(\d)[.,](\d*?)0*(?=\D|$)/g, (_, whole, rest) =>
      rest === "" ? whole : `${whole},${rest}`,
    );

/**
 * Rows that share a number are one substance: the salt in the product, and the part of it that acts.
 * The part has the name that one prescribes by; the amount is the one that the product's name says,
 * which is now the salt's, now the part's.
 */
function substanceOf(rows: readonly Row[], name: string): Substance {
  const acts = rows.find((row) => (row[6] ?? "").trim() === "FT") ?? rows[0] ?? [];
  const named = plain(name);
  const said = rows.find((row) => {
    const amount = plain(field(row, 4));
    return amount !== "" && named.includes(amount);
  });
  const measured = said ?? acts;
  return { name: field(acts, 3), amount: plain(field(measured, 4)), per: field(measured, 5) };
}

function substancesOf(rows: readonly Row[], name: string): Substance[] {
  const found = new Map<string, Row[]>();
  rows.forEach((row, at) => {
    const link = (row[7] ?? "").trim() || `alone ${at}`;
    found.set(link, [...(found.get(link) ?? []), row]);
  });
  return [...found.values()].slice(0, LIMITS.substances).map((same) => substanceOf(same, name));
}

function byCis(file: Opened | undefined): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of file?.rows ?? []) {
    const [cis = ""] = row;
    const list = found.get(cis);
    if (list) list.push(row);
    else found.set(cis, [row]);
  }
  return found;
}

function medicinesOf(
  specialities: Opened,
  compositions: Opened,
  conditions: Opened | undefined,
): Medicine[] {
  const [parts, rules] = [byCis(compositions), byCis(conditions)];
  return specialities.rows.filter(isPrescribed).map((row) => {
    const cis = row[0] ?? "";
    const name = field(row, 1);
    const routes = field(row, 3).split(";");
    return {
      cis,
      name,
      form: field(row, 2),
      routes: routes.map((route) => route.trim()).filter((route) => route !== ""),
      substances: substancesOf(parts.get(cis) ?? [], name),
      conditions: (rules.get(cis) ?? []).map((rule) => field(rule, 1)),
    };
  });
}

const only = (files: readonly Opened[], kind: Kind): Opened | undefined => {
  const [first, second] = files.filter((file) => file.kind === kind);
  if (second) throw new Refused({ key: "twice", name: second.name });
  return first;
};

/** All or nothing: a list with holes would let somebody believe that a medicine does not exist. */
export function readBdpm(files: readonly PublishedFile[]): Read {
  try {
    if (files.length > LIMITS.files) throw new Refused({ key: "too_many" });
    const opened = files.map(open);
    const specialities = only(opened, "specialities");
    const compositions = only(opened, "compositions");
    if (!specialities) throw new Refused({ key: "missing", wanted: "CIS_bdpm.txt" });
    if (!compositions) throw new Refused({ key: "missing", wanted: "CIS_COMPO_bdpm.txt" });
    const medicines = medicinesOf(specialities, compositions, only(opened, "conditions"));
    if (medicines.length > LIMITS.medicines) throw new Refused({ key: "too_many" });
    if (medicines.length === 0) throw new Refused({ key: "none" });
    return { ok: true, medicines };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
