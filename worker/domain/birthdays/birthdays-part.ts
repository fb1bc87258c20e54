/** Birthdays as a part of the programme: takes a date over from whoever may tell it, and rewards the day. */
import type { Head } from '../customer.ts';
import type { CustomerEvent } from '../event.ts';
import type { JsonObject } from '../json.ts';
import type { Bonus } from '../loyalty/bonus.ts';
import { canGive, givenProperties, giveRewards, pointsGiven } from '../loyalty/give-bonus.ts';
import type { Happened, Part, When } from '../loyalty/part.ts';
import { participationOf } from '../members/participation.ts';
import type { Terms } from '../terms.ts';
import { tierIdOf } from '../tiers/state.ts';
import { pushRow, type Work } from '../work.ts';
import { BIRTHDAY_TRAITS, birthdayIn, birthdayText } from './date.ts';
import { nextBirthday } from './next-birthday.ts';
import type { BirthdayProgramme } from './programme.ts';
import type { BirthdayState, MonthDay } from './state.ts';

export const birthdays: Part = { after, filledIn: after, dueMs, due, changed };

function after(work: Work, { event, nowMs }: Happened): void {
  if (event === null || event.trust !== 'server' || event.traits === null) return;
  const told = toldIn(event, work.head);
  if (told === undefined) return;
  // what is filled in was known before, and nobody chose the day to be rewarded soon
  withBirthday(work, told, { nowMs, isNew: event.backfill === undefined });
}

/** The date that the profile now has by this event; null: none any more. undefined: it says nothing of it, or nothing new. */
function toldIn({ traits }: CustomerEvent, head: Head): MonthDay | null | undefined {
  const taken = BIRTHDAY_TRAITS.filter((name) => traits !== null && Object.hasOwn(traits, name)).filter(
    (name) => (head.traits[name] ?? null) === traits?.[name],
  );
  if (taken.length === 0) return undefined;
  const named = Object.fromEntries(taken.map((name) => [name, traits?.[name] ?? null]));
  return birthdayIn(named) ?? birthdayIn(head.traits);
}

/** Keeps a date; what was rewarded stays rewarded, whatever the date is moved to. The same date again changes nothing. */
export function withBirthday(
  work: Work,
  date: MonthDay | null,
  { nowMs, isNew }: { nowMs: number; isNew: boolean },
): void {
  const { birthday: before = {}, ...rest } = work.head.loyalty;
  if (before.month === date?.month && before.day === date?.day) return;
  const paid = before.paidMs === undefined ? {} : { paidMs: before.paidMs };
  const told = isNew ? { toldMs: nowMs } : {};
  const state: BirthdayState = date === null ? paid : { ...date, ...told, afterMs: nowMs, ...paid };
  const loyalty = Object.keys(state).length === 0 ? rest : { ...rest, birthday: state };
  work.head = { ...work.head, loyalty };
}

function dueMs({ loyalty: { birthday } }: Head, { programme, segments }: Terms): number | null {
  if (birthday === undefined || programme.birthdays === undefined) return null;
  return nextBirthday(birthday, programme.birthdays, segments.manner.timeZone, birthday.afterMs ?? 0);
}

function due(work: Work, when: When, terms: Terms): void {
  const rules = terms.programme.birthdays;
  if (rules === undefined) return;
  const isGiven = isMember(work, when, terms) && reward(work, rules, when, terms);
  const birthday = { ...work.head.loyalty.birthday, afterMs: when.atMs, ...(isGiven ? { paidMs: when.atMs } : {}) };
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, birthday } };
}

function isMember({ head, guardedSince }: Work, { atMs }: When, { programme }: Terms): boolean {
  return head.known && participationOf(head, programme, (segment) => guardedSince(segment, atMs) !== null) === 'member';
}

function reward(work: Work, rules: BirthdayProgramme, when: When, terms: Terms): boolean {
  const bonus = bonusOf(rules, tierIdOf(work.head));
  if (!canGive(work, bonus, terms)) return false;
  const givings = [{ bonus, by: 'birthday', reason: 'Birthday' }];
  const entries = pointsGiven(work, givings, terms, when.atMs);
  pushRow(work, {
    kind: 'birthday.rewarded',
    name: 'Birthday Reward Issued',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries,
    about: { properties: { ...givenProperties(givings, entries, terms), ...dateProperties(work.head) } },
  });
  giveRewards(work, givings, terms, when);
  return true;
}

/** What the day brings in a tier. */
export function bonusOf({ bonus, tiers }: BirthdayProgramme, tier: string | null): Bonus {
  return tier !== null && Object.hasOwn(tiers, tier) ? (tiers[tier] ?? bonus) : bonus;
}

function dateProperties({ loyalty }: Head): JsonObject {
  const { month, day } = loyalty.birthday ?? {};
  const tier = tierIdOf({ loyalty });
  return {
    ...(month === undefined || day === undefined ? {} : { birthday: birthdayText({ month, day }) }),
    tier,
  };
}

/** Days that went by while the shop rewarded none are over. */
function changed(work: Work, { nowMs }: When): void {
  const { birthday } = work.head.loyalty;
  if (birthday?.month === undefined) return;
  const afterMs = Math.max(birthday.afterMs ?? 0, nowMs);
  work.head = { ...work.head, loyalty: { ...work.head.loyalty, birthday: { ...birthday, afterMs } } };
}
