/** The address bar. */
import type { Address } from "../features/ports.ts";

export const address: Address = {
  origin: location.origin,
  fragment: () => location.hash.slice(1),
  clearFragment: () => history.replaceState(null, "", location.pathname + location.search),
};
