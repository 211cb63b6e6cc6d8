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

export class LooseLink {
  readonly link: MediaLink;
  #send: ((message: MediaMessage) => void) | undefined;
  readonly #early: MediaMessage[] = [];

  constructor({ platform, media, ...needs }: Needs) {
    const { clock, random, makePeer, devices } = platform;
    this.link = new MediaLink({
      ...needs,
      clock,
      random,
      makePeer,
      outgoing: media.outgoing,
      stream: (tracks) => devices.stream(tracks),
      nameOf: b64u,
      send: (message) => {
        if (this.#send) this.#send(message);
        else this.#early.push(message);
      },
    });
  }

  /** Gives it to a call: what was found since the offer was taken goes out now. */
  attach(send: (message: MediaMessage) => void): void {
    this.#send = send;
    for (const message of this.#early.splice(0)) send(message);
  }
}
