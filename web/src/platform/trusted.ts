/** Addresses of our own workers, past the one Trusted Types policy that the server allows. */

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** What starts workers with these addresses, and no others. Once in a page, or in a worker. */
export function starter<N extends string>(
  addresses: Readonly<Record<N, string>>,
): (name: N) => Worker {
  let policy: { createScriptURL(url: string): string } | undefined;
  const own = (url: string): string => {
    if (!Object.values(addresses).includes(url)) throw new TypeError("not a worker of ours");
    return url;
  };
  return (name) => {
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    policy ??= trustedTypes?.createPolicy("aparte-worker", { createScriptURL: own });
    const url = addresses[name];
    return new Worker(policy ? policy.createScriptURL(url) : url, { type: "module" });
  };
}
