/** Ways back, in every state. */
import type { ComponentChild } from "preact";
import type { Circle } from "../../src/features/helping/people.ts";
import { createOpenWith, type OpenWithModel } from "../../src/features/recovery/open-with.ts";
import { OpenWith, Recover } from "../../src/features/recovery/view/open-with.tsx";
import { WaysBack } from "../../src/features/recovery/view/ways-back.tsx";
import { createWaysBack, type WaysBackModel } from "../../src/features/recovery/ways-back.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { SealError } from "../../src/sealing/errors.ts";
import type { Held } from "../../src/sealing/ring.ts";
import { useTexts } from "../../src/ui/context.tsx";
import { Dialog } from "../../src/ui/dialog.tsx";
import { Page, ScreenTitle } from "../../src/ui/page.tsx";

const WORDS =
  "frelon altesse emballer agencer aéronef éteindre neurone sevrage cumuler exulter tonique lavoir";

const held = (
  kind: "sheet" | "passkey" | "helper",
  fill: number,
  label: string,
  made: string,
): Held => ({
  kind,
  secret: new Uint8Array(kind === "sheet" ? 16 : 32).fill(fill),
  label,
  made,
});
const SHEET = held("sheet", 1, "Armoire du cabinet", "2026-03-01T09:30:00Z");
const PASSKEY = held("passkey", 2, "Passkey", "2026-03-01T09:34:00Z");
const HELPER = held("helper", 5, "Zoé", "2026-05-14T18:02:00Z");
const SECOND = held("sheet", 3, "Chez ma sœur", "2026-05-14T18:02:00Z");

const nobody = (): never => {
  throw new Error("nobody is asked");
};
const never = new Promise<never>(() => undefined);
const passkeys = (can: boolean, refuse = false) => ({
  available: async () => can,
  make: async () => {
    if (refuse) throw new Error("declined");
    return { id: new Uint8Array(1), secret: new Uint8Array(32).fill(4) };
  },
  secret: async () => {
    throw new Error("declined");
  },
});

interface Given {
  readonly can?: boolean;
  readonly refuse?: boolean;
  readonly keep?: () => Promise<void>;
  readonly helpers?: Circle;
  readonly locks?: readonly Uint8Array[];
}

async function ways(held: readonly Held[], given: Given = {}): Promise<WaysBackModel> {
  const { can = true, refuse = false, keep = async () => undefined, locks = [] } = given;
  const { helpers: circle = "colleagues" } = given;
  const model = await createWaysBack({
    clock: { now: () => Date.UTC(2026, 7, 3), after: () => () => undefined },
    random: (n) => Uint8Array.from({ length: n }, (_, at) => (at * 53 + 19) % 256),
    passkeys: passkeys(can, refuse),
    vault: {
      load: async () => undefined,
      save: async () => undefined,
      erase: async () => undefined,
    },
    held,
    page: "https://consult.exemple.fr/desk/",
    locks,
    helper: { circle, own: "Dr Camille Démo", show: nobody },
    keep,
  });
  return model;
}

/** As a person makes them one after the other, none of which counts yet. */
async function first(count: number, given?: Given): Promise<WaysBackModel> {
  const model = await ways([], given);
  if (count > 0) {
    await model.start("sheet", SHEET.label, "fr");
    model.printed();
    const making = model.making.value;
    const words = making?.kind === "sheet" ? making.words : [];
    const asked = making?.kind === "sheet" ? making.asked : [];
    await model.check(asked.map((place) => words[place - 1] ?? ""));
  }
  if (count > 1) {
    await model.start("passkey", PASSKEY.label, "fr");
    await model.makePasskey();
  }
  return model;
}

async function sheet(): Promise<WaysBackModel> {
  const model = await first(0);
  const language = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "fr";
  await model.start("sheet", language === "en" ? "Sheet 1" : "Feuille 1", language);
  return model;
}

async function checking(): Promise<WaysBackModel> {
  const model = await sheet();
  model.printed();
  await model.check(["", "zoo"]);
  return model;
}

async function passkey(given: Given): Promise<WaysBackModel> {
  const model = await first(0, given);
  await model.start("passkey", "Passkey", "fr");
  await model.makePasskey();
  return model;
}

function opening(device: boolean, refusal?: Error, circle: Circle = "colleagues"): OpenWithModel {
  return createOpenWith({
    passkeys: passkeys(true),
    device: device ? new Uint8Array(32).fill(9) : undefined,
    helper: { circle, ask: nobody },
    open: () => (refusal ? Promise.reject(refusal) : never),
    opened: async () => undefined,
  });
}

async function given(device: boolean, text: string, refusal?: Error): Promise<OpenWithModel> {
  const model = opening(device, refusal);
  void model.giveSheet(text);
  await new Promise((done) => setTimeout(done, 400));
  return model;
}

async function offline(): Promise<WaysBackModel> {
  const model = await ways([SHEET, PASSKEY, SECOND], {
    keep: () => Promise.reject(new ProtocolError("storage_failed")),
  });
  await model.remove(model.ways.value[2]?.id ?? "");
  return model;
}

function Setting({ children }: { readonly children: ComponentChild }) {
  const say = useTexts("desk");
  return (
    <Page>
      <div class="column">
        <div class="stack loose">
          <ScreenTitle>{say("waysTitle")}</ScreenTitle>
          {children}
        </div>
      </div>
    </Page>
  );
}

const shown = async (model: Promise<WaysBackModel>): Promise<ComponentChild> => {
  const found = await model;
  return (
    <Setting>
      <WaysBack model={found} owner="Dr Camille Démo" />
    </Setting>
  );
};
/** As at the desk, where they stand in a dialog. */
const inDialog = async (model: Promise<WaysBackModel>): Promise<ComponentChild> => {
  const found = await model;
  return (
    <Setting>
      <p>…</p>
      <Dialog title="…" onClose={() => undefined} large>
        <WaysBack model={found} owner="Dr Camille Démo" />
      </Dialog>
    </Setting>
  );
};
const dialog = async (model: OpenWithModel | Promise<OpenWithModel>): Promise<ComponentChild> => {
  const found = await model;
  return (
    <Setting>
      <OpenWith model={found} onClose={() => undefined} />
    </Setting>
  );
};
const recover = async (model: OpenWithModel | Promise<OpenWithModel>): Promise<ComponentChild> => {
  const found = await model;
  return (
    <Page>
      <div class="column">
        <Recover model={found} />
      </div>
    </Page>
  );
};

export const recoveries: Readonly<Record<string, () => Promise<ComponentChild>>> = {
  first: () => shown(first(0)),
  "first-one": () => shown(first(1)),
  "first-enough": () => shown(first(2)),
  "first-no-passkeys": () => shown(first(0, { can: false })),
  "first-saving": async () => {
    const model = await first(2, { keep: () => never });
    void model.finish();
    return shown(Promise.resolve(model));
  },
  done: async () => {
    const model = await first(2);
    await model.finish();
    return shown(Promise.resolve(model));
  },
  sheet: () => shown(sheet()),
  "sheet-dialog": () => inDialog(sheet()),
  "sheet-check": () => shown(checking()),
  "sheet-replacing": async () => {
    const model = await ways([SHEET, PASSKEY, SECOND]);
    await model.start("sheet", SECOND.label, "fr", model.ways.value[2]?.id);
    return shown(Promise.resolve(model));
  },
  passkey: () => shown(passkey({ refuse: true })),
  "passkey-same": () => shown(passkey({ locks: [new Uint8Array(1)] })),
  list: () => shown(ways([SHEET, PASSKEY, SECOND])),
  "list-trusted": () => shown(ways([SHEET, HELPER], { helpers: "trusted" })),
  "first-trusted": () => shown(first(0, { helpers: "trusted" })),
  "list-least": () => shown(ways([SHEET, PASSKEY])),
  "list-unsaved": () => shown(offline()),
  open: () => dialog(opening(true)),
  "open-unknown-word": () => dialog(given(true, WORDS.replace("neurone", "neurne"))),
  "open-eleven": () => dialog(given(true, WORDS.replace(" lavoir", ""))),
  "open-no-pair": () => dialog(given(true, WORDS, new SealError("cannot_open"))),
  "open-unknown": () => dialog(given(true, WORDS, new ProtocolError("not_found"))),
  opening: () => dialog(given(true, WORDS)),
  recover: () => recover(opening(false)),
  "recover-trusted": () => recover(opening(false, undefined, "trusted")),
  "recover-one": () => recover(given(false, WORDS)),
  "recover-forked": async () => {
    const model = await given(false, WORDS, new SealError("forked"));
    void model.giveSheet(
      "hold approve extra always allow fossil piece swim dial ghost uncle middle",
    );
    return recover(model);
  },
};
