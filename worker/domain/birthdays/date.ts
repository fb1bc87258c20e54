/** Birthdays as people and systems write them. Only day and month matter; a year is let go, be it known or a filler such as 1004. */
import type { JsonObject } from '../json.ts';
import type { MonthDay } from './state.ts';

/** Traits that may hold one, the first that is readable counts. */
export const BIRTHDAY_TRAITS = [
  'birthday',
  'birthdate',
  'birthDate',
  'birth_date',
  'date_of_birth',
  'dateOfBirth',
  'dob',
];

const DATE = /^(?:(?:\d{4}|-)-)?(\d{2})-(\d{2})(?:[T ].*)?$/;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `1990-05-17`, `05-17`, `--05-17`, `1004-05-17`, an ISO 8601 time (its date as written); null for anything else, such as 30 February. */
export function birthdayOf(text: unknown): MonthDay | null {
  const match = typeof text === 'string' ? DATE.exec(text.trim()) : null;
  if (match === null) return null;
  const [month, day] = [Number(match[1]), Number(match[2])];
  return isDay({ month, day }) ? { month, day } : null;
}

export function isDay({ month, day }: MonthDay): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** The birthday that traits tell. */
export function birthdayIn(traits: JsonObject): MonthDay | null {
  for (const name of BIRTHDAY_TRAITS) {
    const found = birthdayOf(traits[name]);
    if (found !== null) return found;
  }
  return null;
}

/** As a trait tells one without a year. */
export function birthdayText({ month, day }: MonthDay): string {
  return `--${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
