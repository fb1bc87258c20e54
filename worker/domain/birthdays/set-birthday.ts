/** A birthday that a merchant or a shopper sets: it is the profile's from now on, and moves no reward that was given. */
import type { State } from '../customer.ts';
import type { Decision } from '../decision.ts';
import type { JsonObject } from '../json.ts';
import { afterDecision } from '../loyalty/parts.ts';
import type { Terms } from '../terms.ts';
import { close, open, pushRow } from '../work.ts';
import { withBirthday } from './birthdays-part.ts';
import { BIRTHDAY_TRAITS, birthdayOf } from './date.ts';

export interface BirthdaySetting {
  op: 'set_birthday';
  key: string;
  fingerprint: string;
  /** A text that `birthdayOf` reads; null: none is known any more. */
  birthday: string | null;
  by: 'merchant' | 'shopper';
}

export function decideBirthday(state: State, input: BirthdaySetting, terms: Terms, now: number): Decision {
  const work = open(state);
  const { birthday, fingerprint, by, key } = input;
  const traits: JsonObject = Object.fromEntries(
    BIRTHDAY_TRAITS.filter((name) => Object.hasOwn(work.head.traits, name)).map((name) => [name, null]),
  );
  if (birthday !== null) traits.birthday = birthday;
  const others = Object.entries(work.head.traits).filter(([name]) => !BIRTHDAY_TRAITS.includes(name));
  const kept: JsonObject = { ...Object.fromEntries(others), ...(birthday === null ? {} : { birthday }) };
  work.head = { ...work.head, traits: kept };
  withBirthday(work, birthdayOf(birthday), { nowMs: now, isNew: true });
  const about = { fingerprint, by, traits };
  pushRow(work, { kind: 'birthday.set', atMs: now, recordedAtMs: now, key, terms, entries: [], about });
  afterDecision(work, { atMs: now, nowMs: now, event: null, entries: [] }, terms);
  return { changes: close(work, now), refusal: null };
}
