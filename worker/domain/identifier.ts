/** What an identifier may be, wherever it comes from. */
import { type JsonObject, textOf } from './json.ts';

export const LONGEST_ID = 255;

/** What clients and templates write where they know nobody; it never identifies, or it would be one account for everybody. */
export const NOBODY = /^(?:[0-]*|-1|null|undefined|nil|none|nan|anonymous|guest|\[object object\])$/i;

/** The e-mail of a profile in its one form; null for what is no address. */
export function emailOf(traits: JsonObject): string | null {
  const email = textOf(traits, 'email')?.trim().toLowerCase() ?? null;
  return email !== null && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= LONGEST_ID ? email : null;
}

/** Whether a text can be a key: whole characters only, none of them a control. SQLite and JSON disagree on the others. */
export function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/**
 * A phone number in its one form (E.164); null for what is no number in the world: without a country nobody can tell whose
 * it is. The spellings of people are read: `tel:`, `00` for the plus, spaces, dots, slashes, and a trunk zero in brackets.
 */
export function phoneOf(text: string | null): string | null {
  const plain = (text ?? '').normalize('NFKC').trim().replace(/^tel:/i, '').replace(/\(0\)/g, '');
  const phone = plain.replace(/[\s.()/-]/g, '').replace(/^00/, '+');
  return /^\+[1-9]\d{7,14}$/.test(phone) ? phone : null;
}
