/** Prescriptions that the practice has issued before, to write one like them. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { IssuedModel } from "../dispensing/model.ts";
import type { Line } from "./model.ts";

export interface Earlier {
  /** Newest first. */
  readonly list: IssuedModel["list"];
  load(): Promise<void>;
  /** The medicines of one, as its signed document says; null where that cannot be had. */
  lines(id: string): Promise<readonly Line[] | null>;
}

/** Until a ticket has opened, or did not. */
const settled = (...signals: readonly ReadonlySignal<unknown>[]): Promise<void> =>
  new Promise((done) => {
    let over = false;
    const stops: (() => void)[] = [];
    const look = (): void => {
      if (over || signals.every(({ value }) => value === null || value === "looking")) return;
      over = true;
      done();
      for (const stop of stops) stop();
    };
    for (const signal of signals) stops.push(signal.subscribe(look));
    if (over) for (const stop of stops) stop();
  });

export const earlierOf = (issued: ReadonlySignal<IssuedModel | null>): Earlier => ({
  list: computed(() => issued.value?.list.value ?? []),
  load: async () => await issued.peek()?.load(),
  async lines(id) {
    const opened = await issued.peek()?.open(id);
    if (!opened) return null;
    await settled(opened.state, opened.problem);
    return opened.shown.peek()?.prescription?.lines ?? null;
  },
});
