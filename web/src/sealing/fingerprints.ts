/**
 * DTLS fingerprints in SDP. Trap: Chromium honours only the last `a=fingerprint` line of a section,
 * so a second line is not harmless: one per section, all equal, `sha-256` only.
 */
import { require } from "./errors.ts";

const STRICT = /^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i;
const KINDS: readonly string[] = ["m=audio", "m=video"];

/** The lines of the session level, then those of each media section. */
function sections(sdp: string): string[][] {
  const found: string[][] = [[]];
  for (const line of sdp.replaceAll("\r\n", "\n").split("\n")) {
    if (line.startsWith("m=")) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}

/** For the sender: keeps one `sha-256` line in each section. */
export function stripFingerprints(sdp: string): string {
  const kept = sections(sdp).map((lines) => {
    const first = lines.find((line) => /^a=fingerprint:sha-256 /i.test(line));
    return lines.filter((line) => line === first || !/^a=fingerprint:/i.test(line));
  });
  const once = kept.map((lines) =>
    lines.filter((line, at) => !/^a=fingerprint:/i.test(line) || lines.indexOf(line) === at),
  );
  return once.flat().join("\r\n");
}

/**
 * The one SHA-256 fingerprint (32 bytes) that all media of a received description are bound to.
 * Refuses with `bad_fingerprint`, also a line that merely looks like a fingerprint and a carriage
 * return that starts no new line here but might in a browser. More than one audio and one video
 * section are `bad_form`: a consult sets up no more.
 */
export function requireFingerprint(sdp: string): Uint8Array {
  const clear = !sdp.replaceAll("\r\n", "\n").includes("\r") && !sdp.includes("\0");
  require(clear, "bad_fingerprint");
  const described = sections(sdp);
  const kinds = described.slice(1).map(([line = ""]) => line.split(" ", 1)[0] ?? "");
  const once = kinds.every((kind, at) => KINDS.includes(kind) && kinds.indexOf(kind) === at);
  require(once, "bad_form");
  const [session = [], ...media] = described.map((lines) =>
    lines.filter((line) => /fingerprint/i.test(line)),
  );
  require(session.length <= 1, "bad_fingerprint");
  for (const lines of media) {
    const one = lines.length === 1 || (lines.length === 0 && session.length === 1);
    require(one, "bad_fingerprint", "a media section has not exactly one");
  }
  const values = [...session, ...media.flat()].map((line) => STRICT.exec(line)?.[1]?.toUpperCase());
  const [first] = values;
  require(first !== undefined, "bad_fingerprint", "none, or not SHA-256");
  require(values.every((value) => value === first), "bad_fingerprint", "they differ");
  return Uint8Array.from(first.split(":"), (pair) => Number.parseInt(pair, 16));
}
