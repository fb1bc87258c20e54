/**
 * The code by which somebody refers others: the beginning of their id, so that it is found without keeping anything and
 * leads on to whoever that customer turned out to be. 65 bits; the alphabet of ids has no i, l, o and u.
 */

const LENGTH = 13;
const CODE = /^[0-9a-hjkmnp-tv-z]{13}$/;

export function codeOf(customer: string): string {
  return customer.replace('-', '').slice(0, LENGTH).toUpperCase();
}

/** As a code is written; spaces, dashes and capitals do not count, nor the letters that look like digits. null: it is none. */
export function readCode(text: string): string | null {
  const plain = text.toLowerCase().replace(/[\s-]/g, '').replace(/[il]/g, '1').replaceAll('o', '0');
  return CODE.test(plain) ? plain.toUpperCase() : null;
}

/** What the id of its customer begins with: in the one or in the other layout of a shop. */
export function beginningsOf(code: string): string[] {
  const plain = code.toLowerCase();
  return [`${plain.slice(0, 1)}-${plain.slice(1)}`, plain];
}
