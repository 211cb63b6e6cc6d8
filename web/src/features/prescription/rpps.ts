/** The RPPS number of a French health professional: eleven digits, the last by Luhn (ISO/IEC 7812-1). */
export function isRpps(text: string): boolean {
  if (!/^[0-9]{11}$/.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = Number(text[text.length - 1 - i]);
    const weighed = i % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
