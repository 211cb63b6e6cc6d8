/** How much, for people: in the units and with the signs of their language. */
import { useAllTexts } from "../../../ui/context.tsx";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Writes numbers of bytes; of 1,000, as systems show files today. */
export function useBytes(): (bytes: number) => string {
  const language = useAllTexts().language.value;
  return (bytes) => {
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
    const unit = UNITS[power] ?? "byte";
    const digits = power > 1 ? 1 : 0;
    const how = { style: "unit", unit, unitDisplay: "short" } as const;
    const value = bytes / 1000 ** power;
    return new Intl.NumberFormat(language, { ...how, maximumFractionDigits: digits }).format(value);
  };
}
