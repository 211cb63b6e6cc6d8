/** All that a page needs for looking at studies together in a consult. Large: imported late. */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Beside } from "../consult/call.ts";
import type { RunJob } from "../files/jobs.ts";
import { Api } from "../rooms/api.ts";
import { Asking } from "./disk/asking.ts";
import { type DiskNeeds, FromDisk } from "./disk/from-disk.ts";
import { Granting } from "./disk/granting.ts";
import type { DiskModel, GrantingModel } from "./disk/model.ts";
import type { LookNeeds } from "./looking.ts";
import { Showing } from "./showing.ts";
import { openShown } from "./shown.ts";

export interface TogetherNeeds
  extends LookNeeds,
    Pick<DiskNeeds, "vaults" | "chosenFiles" | "droppedFiles"> {
  readonly runJob: RunJob;
}

/** Pays for what is shown from a disk, its own and what it lets guests show. */
export interface Host {
  /** A permit for so many bytes, as its link's fragment. Rejects with Unpaid. */
  permit(bytes: number): Promise<string>;
}

export interface TogetherModel {
  readonly showing: Showing;
  readonly disk: DiskModel;
  /** Of the host. */
  readonly granting: GrantingModel | null;
  end(): void;
}

export function createTogether(
  needs: TogetherNeeds,
  sides: ReadonlySignal<readonly Beside[]>,
  host: Host | null,
): TogetherModel {
  const { clock, random, http, address } = needs;
  const drawn = new Map();
  const asking = new Asking(random, sides);
  const granting = host && new Granting({ clock, permit: host.permit }, sides);
  const showing = new Showing(
    {
      clock,
      random,
      open: (handed) => openShown(needs, handed, drawn),
      asked: (from, said) => (granting ?? asking).take(from, said),
    },
    sides,
    host !== null,
  );
  const disk = new FromDisk({
    ...needs,
    api: new Api({ http, clock, random, origin: address.origin }),
    asks: host === null,
    permit: (bytes, gone) => (host ? host.permit(bytes) : asking.permit(bytes, gone)),
    async show(handed, pressed) {
      const other = showing.shower !== null && showing.state.peek() !== "aside";
      if (pressed ? other && !host : other || showing.viewer.peek()) return false;
      await showing.show(handed);
      return true;
    },
  });
  const stop = effect(() => {
    const { shower } = showing;
    if (showing.state.value === "offered" && shower) granting?.shown(shower);
  });
  return {
    showing,
    disk,
    granting,
    end() {
      stop();
      showing.end();
      asking.end();
      granting?.end();
      void disk.end();
    },
  };
}
