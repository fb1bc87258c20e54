/** What an identifier may be, wherever it comes from. */
import { type JsonObject, textOf } from './json.ts';

export const LONGEST_ID = 255;

/** What clients and templates write where they know nobody; it never identifies, or it would be one account for everybody. */
export const NOBODY = /^(?:[0-]*|-1|null|undefined|nil|none|anonymous|guest|\[object object\])$/i;

/** The e-mail of a profile in its one form; null for what is no address. */
export function emailOf(traits: JsonObject): string | null {
  const email = textOf(traits, 'email')?.trim().toLowerCase() ?? null;
  return email !== null && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= LONGEST_ID ? email : null;
}

/** Whether a text can be a key: whole characters only, none of them a control. SQLite and JSON disagree on the others. */
export function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** A phone number in its one form, E.164: `+` and 8 to 15 digits; null for what is none, such as one without its country. */
export function phoneOf(text: string | null): string | null {
  const phone = text?.replace(/[\s.()-]/g, '') ?? '';
  return /^\+[1-9]\d{7,14}$/.test(phone) ? phone : null;
}
