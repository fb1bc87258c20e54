/** What the tests of tiers start from: four tiers, orders of round amounts, and what was told of them. */
import type { JournalRow } from '../../../worker/domain/journal.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import type { Tier, TierProgramme } from '../../../worker/domain/tiers/programme.ts';
import { tierIdOf } from '../../../worker/domain/tiers/state.ts';
import { NO_SEGMENTS, paid, refund, refunded, snapshot, terms } from '../given.ts';
import { Till } from '../till.ts';

export const at = (text: string) => Date.parse(text.includes('T') ? text : `${text}T12:00:00Z`);

export function tier(id: string, threshold: number, changes: Partial<Tier> = {}): Tier {
  return { id, name: id, threshold, entry: null, perks: [], ...changes };
}

const LADDER = [tier('bronze', 100), tier('silver', 500), tier('gold', 1000), tier('platinum', 2000)];

export function tiers(changes: Partial<TierProgramme> = {}): TierProgramme {
  return {
    metric: 'points',
    spent: 'paid',
    window: 'calendar_year',
    startsAtMs: null,
    tiers: LADDER,
    entryRewards: 'each_passed',
    demotion: 'by_value',
    graceDays: 0,
    onRefund: 'at_once',
    noticeDays: null,
    ...changes,
  };
}

/** Each tier gives points: a hundredth of its threshold. */
export function rewarding(changes: Partial<TierProgramme> = {}): TierProgramme {
  const entry = (points: number) => ({ kind: 'points' as const, points });
  return tiers({ tiers: LADDER.map((one) => ({ ...one, entry: entry(one.threshold / 100) })), ...changes });
}

/** A customer of a shop with these tiers, in a time zone. */
export class Climber extends Till {
  #orders = 0;

  constructor(rules: TierProgramme | undefined, timeZone = 'UTC', programme: Partial<Programme> = {}) {
    super(termsOf(rules, timeZone, programme));
  }

  get tier(): string | null {
    return this.head === null ? null : tierIdOf(this.head);
  }

  /** Pays an order of so many whole units, each a point; answers its id. */
  buy(units: number, day: string): string {
    this.#orders += 1;
    const orderId = `o${this.#orders}`;
    const times = { placedAtMs: at(day), updatedAtMs: at(day) };
    this.tell(paid(snapshot(units * 100, { orderId, ...times })), at(day));
    return orderId;
  }

  /** Gives so many units of an order back. */
  giveBack(orderId: string, units: number, day: string): void {
    this.tell(refunded(refund(`${orderId}:${day}`, { atMs: at(day), moneyMinor: units * 100 }), orderId), at(day));
  }

  /** Other tiers, in force when the customer is looked at. */
  change(rules: TierProgramme | undefined, day: string, programme: Partial<Programme> = {}): void {
    const version = this.terms.programmeVersion + 1;
    const timeZone = this.terms.segments.manner.timeZone;
    this.terms = { ...termsOf(rules, timeZone, programme), programmeVersion: version };
    this.due(at(day));
    this.hold(at(day));
  }

  /** Rows about tiers: their name and tiers, by day. */
  get moves(): string[] {
    return this.journal.filter(({ kind, name }) => kind.startsWith('tier.') && name !== null).map(told);
  }
}

function told({ name, atMs, about }: JournalRow): string {
  const { tier_from, tier_to } = about.properties as Record<string, string | null>;
  const quiet = about.quiet === true ? ' (quiet)' : '';
  return `${new Date(atMs).toISOString().slice(0, 10)} ${name} ${tier_from ?? '-'} > ${tier_to ?? '-'}${quiet}`;
}

function termsOf(rules: TierProgramme | undefined, timeZone: string, programme: Partial<Programme>) {
  const segments = segmentSet(0, [], [], { ...NO_SEGMENTS.manner, timeZone });
  return terms({ ...programme, ...(rules === undefined ? {} : { tiers: rules }) }, { segments });
}
