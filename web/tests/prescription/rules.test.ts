import { describe, expect, it } from "vitest";
import { townOf } from "../../src/features/paper/town.ts";
import { type Draft, splitName, withForm } from "../../src/features/prescription/draft.ts";
import type { Prescriber } from "../../src/features/prescription/model.ts";
import { parseCount, parseNumber } from "../../src/features/prescription/numbers.ts";
import { dispensableOf } from "../../src/features/prescription/parts.ts";
import { isRpps } from "../../src/features/prescription/rpps.ts";
import { internationalPhone } from "../../src/features/prescription/rules/prescriber.ts";
import { checkDraft, checkParties, checkSignature } from "../../src/features/prescription/rules.ts";
import { formatStrength, parseStrengths } from "../../src/features/prescription/strength.ts";
import { draft, line, PRESCRIBER, PRESCRIPTIONS, SIGNATURE, WHEN } from "./samples.ts";

/** `field: problem` of everything found wrong. */
function wrong(given: Draft): string[] {
  const checked = checkDraft(given, WHEN);
  return checked.ok ? [] : checked.problems.map(({ field, key }) => `${field}: ${key}`);
}
const prescriber = (changes: Partial<Prescriber>): Draft =>
  draft({ prescriber: { ...PRESCRIBER, ...changes } });
const patient = (changes: Partial<Draft["patient"]>): Draft =>
  draft({ patient: { ...draft().patient, ...changes } });
const lines = (...changes: Parameters<typeof line>[0][]): Draft =>
  draft({ lines: changes.map((one) => line(one)) });

describe("a complete prescription", () => {
  it.each(Object.keys(PRESCRIPTIONS))("holds: %s", (name) => {
    const sample = PRESCRIPTIONS[name];
    if (!sample) throw new Error(name);
    expect(wrong(sample.draft)).toEqual([]);
    expect(checkSignature(sample.signature).ok).toBe(true);
  });
});

describe("the RPPS number", () => {
  it("has eleven digits and its check digit", () => {
    expect(isRpps("10101234564")).toBe(true);
    for (const digit of "012356789") expect(isRpps(`1010123456${digit}`)).toBe(false);
    for (const text of [
      "",
      "1010123456",
      "010101234564",
      "1010123456x",
      "１０１０１２３４５６４",
    ]) {
      expect(isRpps(text)).toBe(false);
    }
  });

  it("is refused when two neighbours are swapped", () => {
    expect(isRpps("10102134564")).toBe(false);
  });

  it("may be typed in groups", () => {
    expect(wrong(prescriber({ rpps: "10 10 123 45 64" }))).toEqual([]);
  });
});

describe("the prescriber", () => {
  it.each<[Partial<Prescriber>, string]>([
    [{ name: " " }, "prescriber.name: required"],
    [{ name: "Démo" }, "prescriber.name: name_short"],
    [{ name: "Dr ".repeat(40) }, "prescriber.name: too_long"],
    [{ profession: "" }, "prescriber.profession: required"],
    [{ speciality: "" }, "prescriber.speciality: required"],
    [{ rpps: "" }, "prescriber.rpps: required"],
    [{ rpps: "10101234567" }, "prescriber.rpps: rpps"],
    [{ address: "" }, "prescriber.address: required"],
    [{ address: "12 rue de l’Exemple, 69003 Lyon" }, "prescriber.address: address_country"],
    [{ address: "France" }, "prescriber.address: address_short"],
    [{ phone: "" }, "prescriber.phone: required"],
    [{ phone: "+44 20 7946 0000" }, "prescriber.phone: phone"],
    [{ phone: "04 72 00 00" }, "prescriber.phone: phone"],
    [{ email: "" }, "prescriber.email: required"],
    [{ email: "camille.demo@exemple" }, "prescriber.email: email"],
  ])("%j is refused", (changes, problem) => {
    expect(wrong(prescriber(changes))).toEqual([problem]);
  });

  it("has a telephone number with its international prefix, however it was typed", () => {
    for (const text of ["0472000000", "04.72.00.00.00", "+33 (0)4 72 00 00 00", "0033472000000"]) {
      expect(internationalPhone(text)).toBe("+33 4 72 00 00 00");
    }
  });

  it("writes from the town of the address", () => {
    expect(townOf("1 place X\n97400 Saint-Denis CEDEX 9\nFrance")).toBe("Saint-Denis");
    expect(townOf("1 place X, 75011 Paris, France")).toBe("Paris");
    expect(townOf("France")).toBe("");
  });
});

describe("the patient", () => {
  it.each<[Partial<Draft["patient"]>, string]>([
    [{ family: "" }, "patient.family: required"],
    [{ given: "\u200b" }, "patient.given: required"],
    [{ sex: "" }, "patient.sex: required"],
    [{ birth: "" }, "patient.birth: required"],
    [{ birth: "2023-02-30" }, "patient.birth: birth_form"],
    [{ birth: "2026-08-04" }, "patient.birth: birth_future"],
    [{ birth: "1880-01-01" }, "patient.birth: birth_old"],
    [{ weight: "heavy" }, "patient.weight: number"],
    [{ weight: "900" }, "patient.weight: weight"],
    [{ height: "1,75" }, "patient.height: height"],
  ])("%j is refused", (changes, problem) => {
    expect(wrong(patient(changes))).toEqual([problem]);
  });

  it("born today is not born in the future", () => {
    expect(wrong(patient({ birth: "2026-08-03" }))).toEqual([]);
  });

  it("is proposed from the name in the waiting room", () => {
    expect(splitName("Łukasz Şahin")).toEqual({ given: "Łukasz", family: "Şahin" });
    expect(splitName("DE LA TOUR Anne Marie")).toEqual({
      given: "Anne Marie",
      family: "DE LA TOUR",
    });
    expect(splitName("Zoë")).toEqual({ given: "", family: "Zoë" });
    expect(splitName("\u202eevil\nname")).toEqual({ given: "evil", family: "name" });
  });
});

describe("a medicine line", () => {
  it.each<[Parameters<typeof line>[0], string]>([
    [{ substance: "" }, "substance: required"],
    [{ substance: "a" }, "substance: name_short"],
    [{ strength: "" }, "strength: required"],
    [{ strength: "500" }, "strength: strength"],
    [{ strength: "500 km" }, "strength: strength"],
    [{ strength: "0 mg" }, "strength: strength"],
    [{ strength: "1 g + 125 mg" }, "strength: strength_count"],
    [{ form: "" }, "form: required"],
    [{ form: "other" }, "otherForm: required"],
    [{ route: "" }, "route: required"],
    [{ dose: "" }, "dose: required"],
    [{ dose: "0" }, "dose: dose"],
    [{ dose: "-1" }, "dose: dose"],
    [{ unit: "" }, "unit: required"],
    [{ count: "" }, "count: required"],
    [{ count: "25" }, "count: count"],
    [{ count: "200", rhythm: "hours" }, "count: hours"],
    [{ asNeeded: true }, "maximum: required"],
    [{ asNeeded: true, maximum: "much" }, "maximum: maximum"],
    [{ asNeeded: true, dose: "2", maximum: "1" }, "maximum: maximum_small"],
    [{ duration: "" }, "duration: duration_or_packs"],
    [{ duration: "soon" }, "duration: duration"],
    [{ duration: "3", durationUnit: "month", renewals: "5" }, "duration: too_long_treatment"],
    [{ packs: "0" }, "packs: packs"],
    [{ renewals: "12" }, "renewals: renewals"],
    [{ renewals: "" }, "renewals: renewals"],
    [{ narcotic: true, duration: "", packs: "2" }, "duration: narcotic_duration"],
    [{ narcotic: true, duration: "29" }, "duration: narcotic_days"],
    [{ narcotic: true, duration: "1", durationUnit: "month" }, "duration: narcotic_days"],
    [{ narcotic: true, duration: "8", limit: "7" }, "duration: narcotic_days"],
    [
      { narcotic: true, duration: "3", durationUnit: "month", limit: "84" },
      "duration: narcotic_days",
    ],
    [{ narcotic: true, delivery: "split" }, "deliveryDays: required"],
    [{ narcotic: true, delivery: "split", deliveryDays: "0" }, "deliveryDays: delivery_days"],
    [{ narcotic: true, delivery: "split", deliveryDays: "5" }, "deliveryDays: delivery_long"],
    [
      { narcotic: true, duration: "28", delivery: "split", deliveryDays: "2" },
      "deliveryDays: delivery_many",
    ],
    [{ narcotic: true, pharmacy: "x".repeat(121) }, "pharmacy: too_long"],
    [{ narcotic: true, renewals: "1" }, "renewals: narcotic_renewals"],
    [{ narcotic: true, renewals: "12" }, "renewals: renewals"],
    [{ substitution: "MTE" }, "brand: brand_not_substitutable"],
    [{ substitution: "EFG", brand: "X" }, "substitution: efg_age"],
  ])("%j is refused", (changes, problem) => {
    expect(wrong(lines(changes))).toEqual([`lines.0.${problem}`]);
  });

  it("may give packs instead of a duration, and a reason not to substitute with a brand", () => {
    expect(wrong(lines({ duration: "", packs: "2" }))).toEqual([]);
    expect(wrong(lines({ substitution: "CIF", brand: "Exemplaxil" }))).toEqual([]);
  });

  it("of a narcotic covers four weeks at most, and may overlap another", () => {
    const given = lines({ narcotic: true, overlap: true, duration: "4", durationUnit: "week" });
    const checked = checkDraft(given, WHEN);
    expect(checked.ok && checked.value.lines[0]?.narcotic).toEqual({
      overlap: true,
      delivery: null,
      pharmacy: "",
    });
    const other = checkDraft(lines({ overlap: true, delivery: "once", pharmacy: "x" }), WHEN);
    expect(other.ok && other.value.lines[0]?.narcotic).toBeNull();
  });

  it("of some narcotics covers other times, is delivered in parts, and names the pharmacy", () => {
    const given = lines({
      narcotic: true,
      duration: "12",
      durationUnit: "week",
      limit: "84",
      delivery: "split",
      deliveryDays: "28",
      pharmacy: " Pharmacie de l’Exemple ",
    });
    const checked = checkDraft(given, WHEN);
    expect(checked.ok && checked.value.lines[0]?.narcotic).toEqual({
      overlap: false,
      delivery: { days: 28 },
      pharmacy: "Pharmacie de l’Exemple",
    });
    expect(checked.ok && dispensableOf(checked.value).lines).toEqual([{ deliveries: 3, steps: 5 }]);
    const once = checkDraft(lines({ narcotic: true, delivery: "once" }), WHEN);
    expect(once.ok && once.value.lines[0]?.narcotic?.delivery).toBe("once");
    expect(once.ok && dispensableOf(once.value).lines).toEqual([{ deliveries: 1, steps: 3 }]);
  });

  it("is named by its place", () => {
    expect(wrong(lines({}, { dose: "" }))).toEqual(["lines.1.dose: required"]);
  });

  it("stands in one of two zones where there are two, the upper one first", () => {
    const two = (...zones: ("" | "ald" | "other")[]): Draft =>
      draft({
        twoZones: true,
        lines: zones.map((zone, key) => line({ zone, dose: `${key + 1}` })),
      });
    expect(wrong(two("ald", ""))).toEqual(["lines.1.zone: required"]);
    const checked = checkDraft(two("other", "ald", "other", "ald"), WHEN);
    const order = checked.ok ? checked.value.lines.map(({ zone, dose }) => [zone, dose]) : [];
    expect(order).toEqual([
      ["ald", 2],
      ["ald", 4],
      ["other", 1],
      ["other", 3],
    ]);
  });

  it("has no zone where the prescription has one only, whatever was chosen before", () => {
    const checked = checkDraft(lines({ zone: "ald" }), WHEN);
    expect(checked.ok && checked.value.lines[0]?.zone).toBeNull();
  });

  it("is needed, and not without end", () => {
    expect(wrong(draft({ lines: [] }))).toEqual(["lines: no_line"]);
    const many = draft({ lines: Array.from({ length: 21 }, () => line()) });
    expect(wrong(many)).toEqual(["lines: too_many_lines"]);
  });

  it("proposes route and unit from its form, and respects what was chosen", () => {
    const empty = line({ form: "", route: "", unit: "" });
    const eye = withForm(empty, "eyeDrops");
    expect([eye.route, eye.unit]).toEqual(["ocular", "drop"]);
    const cream = withForm(eye, "cream");
    expect([cream.route, cream.unit]).toEqual(["cutaneous", "application"]);
    const chosen = withForm({ ...cream, route: "vaginal" }, "gel");
    expect([chosen.route, chosen.unit]).toEqual(["vaginal", "application"]);
  });
});

describe("numbers", () => {
  it.each([
    ["1", 1],
    ["1,5", 1.5],
    ["0.25", 0.25],
    ["1/2", 0.5],
    ["½", 0.5],
    ["2½", 2.5],
    ["1/3", 0.333],
    ["", null],
    ["-1", null],
    ["1e3", null],
    ["1,2,3", null],
    ["Infinity", null],
  ])("%s is %s", (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it("are whole where they count", () => {
    expect(parseCount("3", 1, 3)).toBe(3);
    for (const text of ["0", "4", "1.5", "", "x"]) expect(parseCount(text, 1, 3)).toBeNull();
  });
});

describe("strengths", () => {
  it.each([
    ["500mg", "500 mg"],
    ["250 mg/5 ml", "250 mg/5 ml"],
    ["250 MG / 5 mL", "250 mg/5 ml"],
    ["100 mcg/dose", "100 µg/dose"],
    ["0.9 %", "0,9 %"],
    ["100000 ui", "100000 UI"],
    ["1 g + 125 mg", "1 g + 125 mg"],
  ])("%s is read as %s", (text, printed) => {
    const parsed = parseStrengths(text);
    expect(parsed?.map((one) => formatStrength(one, "fr")).join(" + ")).toBe(printed);
  });
});

describe("the signature", () => {
  it("must be seen", () => {
    expect(checkSignature(null).ok).toBe(false);
    expect(checkSignature({ kind: "typed", text: " a " }).ok).toBe(false);
    const dot = { kind: "drawn", width: 10, height: 10, strokes: [[{ x: 1, y: 1 }]] } as const;
    expect(checkSignature(dot).ok).toBe(false);
    expect(checkSignature(SIGNATURE).ok).toBe(true);
  });
});

describe("for a file of the practice's own software", () => {
  it("only the prescriber and the patient's names are needed", () => {
    expect(checkParties(draft({ lines: [] })).ok).toBe(true);
    const checked = checkParties(patient({ family: "", birth: "" }));
    expect(checked.ok ? [] : checked.problems.map(({ field }) => field)).toEqual([
      "patient.family",
    ]);
  });
});
