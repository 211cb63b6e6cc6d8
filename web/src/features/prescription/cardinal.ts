/** Numbers in French words, as on cheques: `quatre-vingts`, `vingt et une`, `un virgule cinq`. */

const SMALL = [
  "zéro",
  "un",
  "deux",
  "trois",
  "quatre",
  "cinq",
  "six",
  "sept",
  "huit",
  "neuf",
  "dix",
  "onze",
  "douze",
  "treize",
  "quatorze",
  "quinze",
  "seize",
] as const;
const TENS = ["", "dix", "vingt", "trente", "quarante", "cinquante", "soixante"] as const;

function belowHundred(n: number): string {
  const small = SMALL[n];
  if (small !== undefined) return small;
  const one = n % 10;
  if (n < 20) return `dix-${SMALL[one]}`;
  if (n === 80) return "quatre-vingts";
  if (n > 80) return `quatre-vingt-${belowHundred(n - 80)}`;
  // Seventy is counted on from sixty.
  const [ten, rest] = n < 70 ? [TENS[(n - one) / 10], one] : ["soixante", n - 60];
  if (rest === 0) return `${ten}`;
  return one === 1 ? `${ten} et ${belowHundred(rest)}` : `${ten}-${belowHundred(rest)}`;
}

function belowThousand(n: number): string {
  const rest = n % 100;
  const hundreds = (n - rest) / 100;
  if (hundreds === 0) return belowHundred(rest);
  const cent = hundreds === 1 ? "cent" : `${SMALL[hundreds]} cent`;
  if (rest > 0) return `${cent} ${belowHundred(rest)}`;
  return hundreds === 1 ? cent : `${cent}s`;
}

function whole(n: number): string {
  const rest = n % 1000;
  const thousands = Math.floor(n / 1000) % 1000;
  const millions = Math.floor(n / 1_000_000);
  const words: string[] = [];
  if (millions > 0) words.push(`${belowThousand(millions)} million${millions > 1 ? "s" : ""}`);
  if (thousands === 1) words.push("mille");
  // Before « mille » neither vingt nor cent has an s; before « millions », which is a noun, they do.
  else if (thousands > 1)
    words.push(`${belowThousand(thousands).replace(/(vingt|cent)s$/, "$1")} mille`);
  if (rest > 0 || n === 0) words.push(belowThousand(rest));
  return words.join(" ");
}

/**
 * @param value not negative, below a thousand millions
 * @param feminine whether what is counted is: a fraction is read without it
 */
export function cardinal(value: number, feminine = false): string {
  const [digits = "0", decimals] = String(value).split(".");
  const words = whole(Number(digits));
  if (decimals === undefined) return feminine ? words.replace(/(^|[ -])un$/, "$1une") : words;
  const zeros = decimals.length - decimals.replace(/^0+/, "").length;
  return [words, "virgule", ...Array<string>(zeros).fill("zéro"), whole(Number(decimals))].join(
    " ",
  );
}
