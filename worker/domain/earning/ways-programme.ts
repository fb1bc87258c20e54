/** The ways to earn that are parts of the programme by themselves: the birthday, and bringing friends. Pure. */
import { bonusOf } from '../birthdays/birthdays-part.ts';
import { nextBirthday } from '../birthdays/next-birthday.ts';
import type { Bonus } from '../loyalty/bonus.ts';
import type { Terms } from '../terms.ts';
import { type EarningWay, rewardGiven, type Scene, type WayGives } from './way.ts';

const PLAIN = { minimumMinor: 0, endsAtMs: null, channel: null };

/** Available until the date is told; then it comes by itself. */
export function birthdayWay({ who, terms, judge, nowMs }: Scene): EarningWay[] {
  const rules = terms.programme.birthdays;
  const gives = rules === undefined ? null : given(terms, bonusOf(rules, judge.tier));
  if (rules === undefined || gives === null) return [];
  const { birthday = {} } = who.head.loyalty;
  const after = Math.max(nowMs, birthday.afterMs ?? 0);
  const againAtMs = nextBirthday(birthday, rules, terms.segments.manner.timeZone, after);
  const state = againAtMs === null ? 'available' : 'later';
  return [{ ...PLAIN, id: 'programme:birthday', kind: 'birthday', name: 'Birthday', gives, state, againAtMs }];
}

/** As often as somebody has friends. */
export function referralWay({ who, terms }: Scene): EarningWay[] {
  const rules = terms.programme.referrals;
  const gives = rules?.referrer == null ? null : given(terms, rules.referrer);
  if (rules === undefined || gives === null) return [];
  const mayRefer = rules.whoRefers !== 'buyers' || who.head.orders > 0;
  const state = mayRefer ? 'available' : 'later';
  const { minimumMinor } = rules;
  const about = { id: 'programme:referral', kind: 'referral' as const, name: 'Referral' };
  return [{ ...PLAIN, ...about, gives, minimumMinor, state, againAtMs: null }];
}

function given(terms: Terms, bonus: Bonus): WayGives | null {
  if (bonus.kind === 'points') return bonus.points === 0 ? null : { kind: 'points', points: bonus.points };
  return rewardGiven(terms, bonus.reward);
}
