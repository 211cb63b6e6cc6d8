/** Synthetic files in the layout of the public database: no medicine of that name exists. */
import type { PublishedFile } from "../../src/features/medicines/bdpm.ts";

type Rows = readonly (readonly string[])[];

const text = (rows: Rows): string => rows.map((row) => `${row.join("\t")}\r\n`).join("");

/** As most of them are published. Everything used here is the same in Windows-1252 and Latin-1. */
export const file = (name: string, rows: Rows): PublishedFile => ({
  name,
  bytes: Uint8Array.from(text(rows), (character) => character.charCodeAt(0)),
});

export const utf8File = (name: string, rows: Rows): PublishedFile => ({
  name,
  bytes: new TextEncoder().encode(text(rows)),
});

const speciality = (
  cis: string,
  name: string,
  form: string,
  route: string,
  { market = "Commercialisée", procedure = "Procédure nationale" } = {},
): readonly string[] => [
  cis,
  `${name}, ${form}`,
  form,
  route,
  ...["Autorisation active", procedure, market, "01/02/2003", "", "", " LABORATOIRE FICTIF", "Non"],
];

export const SPECIALITIES: Rows = [
  speciality("60000011", "AMOXIFICTIVE FICTIF 500 mg", "gélule", "orale"),
  speciality("60000012", "METFICTINE EXEMPLE 1000 mg", "comprimé pelliculé sécable", "orale"),
  speciality("60000013", "DOLIFICT 2,4 POUR CENT", "suspension buvable", "orale"),
  speciality("60000014", "MORFICTINE L.P. 30 mg", "gélule à libération prolongée", "orale"),
  speciality("60000015", "OPTIFICT 0,5 mg/ml", "collyre en solution", "ophtalmique;auriculaire"),
  speciality("60000016", "RETIRÉE 1 mg", "comprimé", "orale", { market: "Non commercialisée" }),
  speciality("60000017", "GRANULES FICTIFS", "granules", "orale", {
    procedure: "Enreg homéo (Proc. Nat.)",
  }),
];

const component = (
  cis: string,
  name: string,
  amount: string,
  per: string,
  nature: string,
  link: string,
): readonly string[] => [cis, "élément", "01234", name, amount, per, nature, link, ""];

export const COMPOSITIONS: Rows = [
  component("60000011", "AMOXIFICTIVE TRIHYDRATÉE", "574,00 mg", "une gélule", "SA", "1"),
  component("60000011", "AMOXIFICTIVE", "500,00 mg", "une gélule", "FT", "1"),
  component("60000012", "CHLORHYDRATE DE METFICTINE", "1 000 mg", "un comprimé", "SA", "1"),
  component("60000012", "METFICTINE", "780 mg", "un comprimé", "FT", "1"),
  component("60000013", "PARAFICTAMOL", "2,400 g", "100 ml", "SA", "1"),
  component("60000014", "SULFATE DE MORFICTINE", "30,0 mg", "une gélule", "SA", "1"),
  component("60000015", "OPTIFICTOL", "0,50 mg", "1 ml de solution", "SA", "1"),
  component("60000015", "BENZOFICTINE", "5 000 UI", "1 ml de solution", "SA", "2"),
  component("60000016", "RETIRINE", "1 mg", "un comprimé", "SA", "1"),
];

/** With the empty lines that such files have. */
export const CONDITIONS: Rows = [
  ["60000014", "stupéfiants"],
  [""],
  ["60000014", "liste I"],
  ["60000011", "liste I"],
];
