/** A picture that is prepared before there is a session to set it up in. */
import type { ReadonlySignal } from "@preact/signals";
import { b64u } from "../../../sealing/encoding.ts";
import type { LocalMedia } from "../../media/media.ts";
import type { Platform } from "../../ports.ts";
import { MediaLink } from "./link.ts";
import type { MediaMessage } from "./negotiation.ts";

interface Needs {
  readonly platform: Platform;
  readonly media: LocalMedia;
  readonly host: boolean;
  readonly iceServers: ReadonlySignal<readonly RTCIceServer[]>;
  /** Whether what is sent now would reach the other side. */
  reachable(): boolean;
  /** Nothing arrives any more: the way to the server may be gone too. */
  suspect(): void;
}

export interface LooseLink {
  readonly link: MediaLink;
  /** Where its messages go: set by the call that it is given to. */
  send: (message: MediaMessage) => void;
}

export function looseLink({ platform, media, ...needs }: Needs): LooseLink {
  const { clock, random, makePeer, devices } = platform;
  const loose = { send: (_: MediaMessage): void => undefined };
  const link = new MediaLink({
    ...needs,
    clock,
    random,
    makePeer,
    outgoing: media.outgoing,
    stream: (tracks) => devices.stream(tracks),
    nameOf: b64u,
    send: (message) => loose.send(message),
  });
  return Object.assign(loose, { link });
}
