/** Runs every vector in this browser, and leaves what came out on the page for the test to read. */
import { FILES } from "../vectors/files.ts";
import { expected, outcome } from "../vectors/runners.ts";

interface Report {
  readonly cases: number;
  readonly failures: readonly string[];
}

async function run(): Promise<Report> {
  const failures: string[] = [];
  let cases = 0;
  for (const [file, all] of FILES) {
    for (const one of all) {
      cases += 1;
      const wanted = JSON.stringify(sorted(expected(one)));
      const came = await outcome(file, one).then(
        (value) => JSON.stringify(sorted(value)),
        (error: unknown) => String(error),
      );
      if (came !== wanted) failures.push(`${file}: ${one.name}: ${came} instead of ${wanted}`);
    }
  }
  return { cases, failures };
}

/** The same value with the members of objects in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

run().then(
  (report) => {
    document.body.textContent = JSON.stringify(report);
    document.documentElement.dataset["done"] = "";
  },
  (error: unknown) => {
    document.body.textContent = String(error);
    document.documentElement.dataset["done"] = "";
  },
);
