/** Whether the certificate that the connection really uses is the one its description promised. */
import { sha256 } from "@noble/hashes/sha2.js";
import { same } from "../../../sealing/encoding.ts";
import type { Peer } from "../../ports.ts";

type Transport = Pick<RTCDtlsTransport, "getRemoteCertificates" | "state">;

const transportOf = (peer: Peer): Partial<Transport> | null | undefined =>
  peer.getTransceivers()[0]?.sender.transport;

/**
 * `unsaid` where the browser has no getRemoteCertificates(): it compares by itself (RFC 8122), and
 * ours would find one that was told to look away. `later` where it has not told one yet.
 */
export function checkCertificate(
  peer: Peer,
  promised: Uint8Array,
): "same" | "other" | "later" | "unsaid" {
  const transport = transportOf(peer);
  if (!transport?.getRemoteCertificates) return "unsaid";
  const [certificate, ...more] = transport.getRemoteCertificates();
  if (!certificate) return "later";
  const actual = sha256(new Uint8Array(certificate));
  return same(actual, promised) && more.length === 0 ? "same" : "other";
}

/**
 * The two browsers reached each other, and one would not have the other's certificate. Browsers do
 * not say so in words: Chromium and Firefox close the DTLS transport as `failed`, without telling
 * a certificate, on both sides, while ICE stands. What no packet gets through of never fails so.
 */
export const handshakeRefused = (peer: Peer): boolean => transportOf(peer)?.state === "failed";
