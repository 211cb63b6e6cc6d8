/** Padmé: how long a blob is made, so that its size says little of what is in it (Parts). */

/**
 * The length, in bytes, that `length` bytes are filled to: at most 12% more, and of so few values
 * that a size shows no more than some bits of its own magnitude (PURBs, Nikitin et al., section 4).
 */
export function padme(length: number): number {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent || 1)) + 1;
  const unit = 2 ** Math.max(exponent - kept, 0);
  return Math.ceil(length / unit) * unit;
}
