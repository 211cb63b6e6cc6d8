/** Days of the calendar in words. */

export type Lang = "fr" | "en";

/** `3 août 2026` or `3 August 2026`, of a day `YYYY-MM-DD`, in no time zone. */
export function dayWords(day: string, lang: Lang): string {
  const format = new Intl.DateTimeFormat(lang === "fr" ? "fr-FR" : "en-GB", {
    dateStyle: "long",
    timeZone: "UTC",
  });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** `03/08/2026`. */
export function shortDay(day: string): string {
  return day.split("-").reverse().join("/");
}
