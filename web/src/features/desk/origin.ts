/** Whether a page is one of a demonstration or a test, whose keys may come out of a link. */

// RFC 5737: addresses that exist in documents and tests, and nowhere else.
const TESTS = ["192.0.2.", "198.51.100.", "203.0.113."];
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** This machine, or an address that is nobody's; `origin` as in `http://localhost:8480`. */
export function isLocal(origin: string): boolean {
  const { hostname } = new URL(origin);
  if (hostname === "localhost" || hostname === "[::1]") return true;
  return IPV4.test(hostname) && ["127.", ...TESTS].some((start) => hostname.startsWith(start));
}
