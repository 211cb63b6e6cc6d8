/** The worker that seals and opens files of any size, so that the page goes on meanwhile. */
import { type Answer, failureOf, type Job } from "./features/files/jobs.ts";
import { work } from "./features/files/working.ts";
import { clock, random } from "./platform/basics.ts";
import { engine } from "./platform/engine.ts";
import { http } from "./platform/http.ts";
import { scratch } from "./platform/scratch.ts";
import { stretchBeside } from "./platform/stretching.ts";
import { openVaults } from "./platform/vaults.ts";

/** What of a dedicated worker's scope is used; the types of a page's would be another's. */
interface Scope {
  readonly location: { readonly origin: string };
  postMessage(answer: Answer): void;
  onmessage: ((event: MessageEvent<Job>) => void) | null;
}

const scope = globalThis as unknown as Scope;

scope.onmessage = async ({ data: job }) => {
  try {
    const vaults = await openVaults();
    const { origin } = scope.location;
    const done = await work(
      { http, clock, random, engine, vaults, scratch, stretch: stretchBeside, origin },
      job,
      (progress) => {
        scope.postMessage({ progress });
      },
    );
    scope.postMessage({ done });
  } catch (error) {
    scope.postMessage({ done: { failed: failureOf(error) } });
  }
};
