/** The town of an address, for « Fait à … »: what follows the five digits of the postcode. */
export function townOf(address: string): string {
  return (
    /\b\d{5}\s+([^\n,]+)/
      .exec(address)?.[1]
      ?.replace(/\bcedex\b.*$/i, "")
      .trim() ?? ""
  );
}
