/** Reads the values of one line, and keeps the first rule that one of them breaks. What they are for is decided elsewhere. */
import { birthdayOf } from '../domain/birthdays/date.ts';
import { emailOf, isPlain, LONGEST_ID, NOBODY, phoneOf } from '../domain/identifier.ts';
import type { Json } from '../domain/json.ts';
import { instantOf } from '../domain/zoned.ts';
import type { Fields, Flaw } from './fields.ts';

export interface Now {
  /** The shop's instant: nothing that is imported comes after it. */
  nowMs: number;
  /** Of times that name no zone. */
  timeZone: string;
}

/** No time of day, no other order of its parts. */
const BIRTHDAY = /^(?:(?:\d{4}|-)-)?\d{2}-\d{2}$/;
const TIME = 'must be an ISO 8601 time or milliseconds since 1970';
/** Milliseconds before this are seconds, or nothing that a shop has seen. */
const EARLIEST_MS = 100_000_000_000;
/** What a spreadsheet makes of a long number. */
const SHORTENED = /^\d+([.,]\d+)?E\+?\d+$/i;

export class LineReader {
  readonly fields: Fields;
  readonly #now: Now;
  flaw: Flaw | null = null;

  constructor(fields: Fields, now: Now) {
    this.fields = fields;
    this.#now = now;
  }

  refuse(field: string, rule: string): null {
    this.flaw ??= { field, rule };
    return null;
  }

  /** Text, or a number or truth as its text; null where nothing is said. */
  text(field: string): string | null {
    const value = this.fields.get(field) ?? null;
    if (value === null) return null;
    if (typeof value === 'object') return this.refuse(field, 'must be a text');
    const text = String(value).trim();
    return text === '' ? null : text;
  }

  required(field: string): string | null {
    return this.text(field) ?? this.refuse(field, 'is required');
  }

  oneOf<T extends string>(field: string, values: readonly T[]): T | null {
    const text = this.required(field)?.toLowerCase();
    if (text === undefined) return null;
    return values.find((value) => value === text) ?? this.refuse(field, `must be one of ${values.join(', ')}`);
  }

  id(field: string): string | null {
    const text = this.text(field);
    if (text === null) return null;
    if (text.length > LONGEST_ID) return this.refuse(field, `must have at most ${LONGEST_ID} characters`);
    if (!isPlain(text)) return this.refuse(field, 'must hold no control characters');
    if (NOBODY.test(text)) return this.refuse(field, 'is a placeholder, and names nobody');
    if (SHORTENED.test(text)) return this.refuse(field, 'is a number that a spreadsheet has shortened');
    return text;
  }

  email(): string | null {
    const text = this.id('email');
    return text === null ? null : (emailOf({ email: text }) ?? this.refuse('email', 'must be an e-mail address'));
  }

  phone(): string | null {
    const text = this.id('phone');
    if (text === null) return null;
    return phoneOf(text) ?? this.refuse('phone', 'must be an international number, with + and its country');
  }

  /** As a trait tells one: with a year, or day and month alone. */
  birthday(field: string): string | null {
    const text = this.text(field);
    if (text === null || (BIRTHDAY.test(text) && birthdayOf(text) !== null)) return text;
    return this.refuse(field, 'must be a date such as 1990-12-31, or --12-31 without the year');
  }

  /** An instant that has passed, in ms. */
  instant(field: string): number | null {
    const value = this.fields.get(field) ?? null;
    return value === null || value === '' ? null : this.instantIn(field, value);
  }

  instantIn(field: string, value: Json): number | null {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    const digits = /^\d{1,15}$/.test(text);
    if (digits && Number(text) < EARLIEST_MS) return this.refuse(field, `${TIME}, not seconds`);
    const at = digits ? Number(text) : instantOf(text, this.#now.timeZone);
    if (at === null || at < 0) return this.refuse(field, TIME);
    return at <= this.#now.nowMs ? at : this.refuse(field, 'must not be in the future');
  }
}
