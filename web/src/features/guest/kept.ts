/** Documents that the person asked to keep on this device, after the room that brought them. */
import { computed, effect, signal } from "@preact/signals";
import { fromBytes, toBytes } from "../../sealing/store.ts";
import type { CallModel, DocumentLine, OpenedDocument } from "../consult/call.ts";
import type { Vaults } from "../ports.ts";

interface KeptDocument {
  readonly at: string;
  readonly document: OpenedDocument;
}

const scopeOf = (room: string): string => `kept:${room}`;

/** Keeps what was verified, now and from now on, until the returned function is called. */
export function keepDocuments(vaults: Vaults, room: string, call: CallModel): () => void {
  const done = new Set<string>();
  const keep = async (id: string, kept: KeptDocument): Promise<void> => {
    const vault = await vaults.open(scopeOf(room));
    await vault.save(id, toBytes(kept));
  };
  return effect(() => {
    for (const { id, at, mine, state, document } of call.documents.value) {
      if (mine || state !== "verified" || !document.value || done.has(id)) continue;
      done.add(id);
      // A device that keeps nothing shows the documents all the same.
      void keep(id, { at, document: document.value }).catch(() => done.delete(id));
    }
  });
}

export const forgetDocuments = (vaults: Vaults, room: string): Promise<void> =>
  vaults.erase(scopeOf(room));

/** What was kept of an earlier visit, as a call that is over; null where nothing was. */
export async function keptCall(vaults: Vaults, room: string): Promise<CallModel | null> {
  const vault = vaults.look(scopeOf(room));
  const lines: DocumentLine[] = [];
  for (const id of await vault.names()) {
    const bytes = await vault.load(id);
    if (!bytes) continue;
    const { at, document } = fromBytes<KeptDocument>(bytes);
    lines.push({
      id,
      at,
      mine: false,
      kind: document.kind,
      state: "verified",
      problem: null,
      document: signal(document),
    });
  }
  return lines.length > 0 ? callThatIsOver(signal(lines)) : null;
}

/** What there is to read after a call that this page has not seen. */
export function callThatIsOver(documents: CallModel["documents"]): CallModel {
  const nothing = async (): Promise<void> => undefined;
  return {
    who: computed(() => ({ name: documents.value[0]?.document.value?.author.name ?? "" })),
    remote: signal(null),
    remoteState: signal({ audio: false, video: false, screen: false }),
    link: signal("lost" as const),
    quality: signal("unknown" as const),
    authenticationString: signal(""),
    security: signal({ dtls: "", srtp: "", route: "unknown" as const, fingerprintChecked: false }),
    since: signal(null),
    chat: signal([]),
    unread: signal(0),
    documents,
    problem: signal(null),
    sendChat: () => undefined,
    sendPhoto: nothing,
    passOn: () => undefined,
    markRead: () => undefined,
    sendDocument: nothing,
    tellOpened: () => undefined,
  };
}
