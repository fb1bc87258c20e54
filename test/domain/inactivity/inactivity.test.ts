/** Points that run out, by lots and for want of activity, and the notices before: the hard cases, one by one. */
import { describe, expect, test } from 'vitest';
import { ACTIVITIES, type InactivityProgramme } from '../../../worker/domain/inactivity/programme.ts';
import { joinActivity } from '../../../worker/domain/inactivity/state.ts';
import { withSwitch } from '../../../worker/domain/inactivity/switched-on.ts';
import type { Programme } from '../../../worker/domain/programme.ts';
import { segmentSet } from '../../../worker/domain/segments/segment-set.ts';
import { event, NO_SEGMENTS, paid, programme, refund, refunded, snapshot, terms } from '../given.ts';
import { pointsOf, Till } from '../till.ts';

const at = (text: string) => Date.parse(text.includes('T') ? text : `${text}T12:00:00Z`);
const month = (quantity: number) => ({ unit: 'month' as const, quantity, until: 'day' as const });

function rules(changes: Partial<InactivityProgramme> = {}): InactivityProgramme {
  return {
    expiry: month(12),
    activities: ['order', 'earn', 'redeem'],
    switchedOnAtMs: at('2020-01-01'),
    notices: { warning: null, last_chance: null },
    ...changes,
  };
}

class Holder extends Till {
  #orders = 0;

  constructor(inactivity: InactivityProgramme | undefined = rules(), timeZone = 'UTC', rest: Partial<Programme> = {}) {
    const segments = segmentSet(0, [], [], { ...NO_SEGMENTS.manner, timeZone });
    super(terms({ ...rest, ...(inactivity === undefined ? {} : { inactivity }) }, { segments }));
  }

  buy(units: number, day: string): string {
    this.#orders += 1;
    const orderId = `o${this.#orders}`;
    this.tell(paid(snapshot(units * 100, { orderId, placedAtMs: at(day), updatedAtMs: at(day) })), at(day));
    return orderId;
  }

  change(inactivity: InactivityProgramme, day: string): void {
    const programmeVersion = this.terms.programmeVersion + 1;
    this.terms = { ...this.terms, programme: { ...this.terms.programme, inactivity }, programmeVersion };
    this.due(at(day));
    this.hold(at(day));
  }

  /** The programme says nothing of ends any more. */
  drop(day: string): void {
    const { inactivity: _, ...programme } = this.terms.programme;
    this.terms = { ...this.terms, programme, programmeVersion: this.terms.programmeVersion + 1 };
    this.due(at(day));
    this.hold(at(day));
  }

  /** What was told of ends, by instant. */
  get told(): string[] {
    const rows = this.journal.filter(({ kind }) => kind === 'points.expired' || kind === 'points.expiring');
    return rows.map(({ atMs, about }) => {
      const { stage = 'expired', points, reason } = about.properties as Record<string, string>;
      return `${new Date(atMs).toISOString().slice(0, 16)} ${stage} ${points} ${reason}`;
    });
  }
}

describe('a balance that nobody uses', () => {
  test('runs out at the end of the day, all of it in one entry', () => {
    const one = new Holder(rules(), 'Europe/Berlin');
    one.buy(70, '2025-01-31');
    one.adjust(30, at('2025-02-01'));
    one.due(at('2026-01-31T22:59:59.999Z'));
    expect(one.balance).toBe(100);
    one.due(at('2026-02-05'));
    expect(one.told).toEqual(['2026-01-31T23:00 expired 100 inactivity']);
    expect([pointsOf(one.entries).at(-1), one.entries.at(-1)?.lots.length, one.lots, one.balance]).toEqual([
      -100,
      2,
      [],
      0,
    ]);
    expect(one.head?.loyalty.activity).toBeUndefined();
  });

  test('X13: stays with whoever has it where the programme says nothing of ends any more, and nothing is due', () => {
    const one = new Holder();
    one.buy(70, '2025-01-31');
    expect(one.head?.loyalty.dueMs).toBe(at('2026-02-01T00:00:00Z'));
    one.drop('2025-06-01');
    expect([one.head?.loyalty.dueMs, one.head?.loyalty.activity]).toEqual([undefined, undefined]);
    one.due(at('2027-01-01'));
    expect([one.balance, one.told]).toEqual([70, []]);
  });

  test('X13: passes its old end where that comes before anybody was held against the programme', () => {
    const one = new Holder();
    one.buy(70, '2025-01-31');
    const { inactivity: _, ...programme } = one.terms.programme;
    one.terms = { ...one.terms, programme, programmeVersion: one.terms.programmeVersion + 1 };
    one.due(at('2027-01-01'));
    expect([one.balance, one.told, one.head?.loyalty.dueMs]).toEqual([70, [], undefined]);
  });

  test('its orders remember it: a refund afterwards takes nothing', () => {
    const one = new Holder();
    const order = one.buy(70, '2025-01-31');
    one.due(at('2026-03-01'));
    one.tell(refunded(refund('r'), order), at('2026-03-02'));
    expect([one.balance, one.debt]).toEqual([0, 0]);
  });

  test.each([
    [1, '2024-01-31', '2024-02-29T23:00:00Z'],
    [1, '2025-01-31', '2025-02-28T23:00:00Z'],
    [12, '2024-02-29', '2025-02-28T23:00:00Z'],
    [12, '2023-02-28', '2024-02-28T23:00:00Z'],
  ])('X5, X6: %s months after %s, by the calendar of the shop', (months, bought, end) => {
    const one = new Holder(rules({ expiry: month(months) }), 'Europe/Berlin');
    one.buy(10, bought);
    one.due(at(end) - 1);
    expect(one.balance).toBe(10);
    one.due(at(end));
    expect(one.balance).toBe(0);
  });

  test.each([
    ['Asia/Seoul', '2026-05-03', '2026-06-03T15:00'],
    ['Europe/Berlin', '2026-02-28', '2026-03-28T23:00'],
    ['Europe/Berlin', '2026-09-25', '2026-10-25T23:00'],
    ['America/St_Johns', '2026-06-10', '2026-07-11T02:30'],
  ])('X12: at midnight where the shop is, in %s, on long and short days as well', (zone, bought, end) => {
    const one = new Holder(rules({ expiry: month(1) }), zone);
    one.buy(10, bought);
    one.due(at('2027-01-01'));
    expect(one.told).toEqual([`${end} expired 10 inactivity`]);
  });

  test('X8: switched on today, nothing runs out before a whole period has passed, whoever was here last when', () => {
    const one = new Holder(undefined);
    one.buy(100, '2023-01-10');
    one.change(rules({ switchedOnAtMs: at('2026-01-10') }), '2026-01-12');
    expect(one.balance).toBe(100);
    one.due(at('2027-01-10'));
    expect(one.balance).toBe(100);
    one.due(at('2027-01-11'));
    expect(one.told).toEqual(['2027-01-11T00:00 expired 100 inactivity']);
  });

  test('X13: off and on again begins a whole period anew, and brings nothing back', () => {
    const one = new Holder();
    one.buy(100, '2024-01-10');
    one.due(at('2025-01-12'));
    one.buy(50, '2025-02-01');
    one.change(rules({ expiry: null }), '2025-06-01');
    one.due(at('2026-06-01'));
    one.change(rules({ switchedOnAtMs: at('2026-06-01') }), '2026-06-01');
    expect(one.balance).toBe(50);
    one.due(at('2027-06-01'));
    expect(one.balance).toBe(50);
    one.due(at('2027-06-02'));
    expect(one.balance).toBe(0);
  });

  test('X13: the shop keeps when it was switched on: the same again changes nothing, another period begins it anew', () => {
    const on = (expiry: InactivityProgramme['expiry']) =>
      programme({ inactivity: rules({ expiry, switchedOnAtMs: 5 }) });
    const kept = (wanted: Programme, before: Programme | null, now: number) =>
      withSwitch(wanted, before, now).inactivity?.switchedOnAtMs;
    const first = withSwitch(on(month(12)), programme(), 100);
    expect(first.inactivity?.switchedOnAtMs).toBe(100);
    expect(kept(on(month(12)), first, 200)).toBe(100);
    expect(kept(on(month(6)), first, 200)).toBe(200);
    const off = withSwitch(on(null), first, 300);
    expect(off.inactivity?.switchedOnAtMs).toBeNull();
    expect(kept(on(month(12)), off, 400)).toBe(400);
  });

  test('X14: leaves points that wait', () => {
    const wait = { after: 'paid' as const, days: 400 };
    const one = new Holder(rules(), 'UTC', { earning: { order: null, rules: [], campaigns: [], wait } });
    one.adjust(40, at('2025-01-10'));
    one.buy(60, '2025-01-10');
    one.due(at('2026-01-12'));
    expect([one.balance, one.head?.loyalty.pending]).toEqual([0, 60]);
    one.due(at('2026-03-01'));
    expect(one.balance).toBe(60);
  });

  test('that fills from nothing begins its time, whatever filled it', () => {
    const one = new Holder();
    one.buy(10, '2023-01-10');
    one.adjust(-10, at('2023-01-11'));
    one.adjust(500, at('2025-01-10'));
    one.due(at('2026-01-10'));
    expect(one.balance).toBe(500);
    one.due(at('2026-01-11'));
    expect(one.balance).toBe(0);
  });

  test('runs out beside lots that have days of their own', () => {
    const one = new Holder(rules(), 'UTC', { expiresAfterDays: 90 });
    one.adjust(5, at('2025-01-10'), { expiresAtMs: at('2030-01-01') });
    one.buy(70, '2025-01-10');
    one.due(at('2026-02-01'));
    expect(one.told).toEqual(['2025-04-10T12:00 expired 70 lots', '2026-01-11T00:00 expired 5 inactivity']);
  });
});

describe('X9: what begins the time anew', () => {
  const does: Record<string, (one: Holder) => void> = {
    order: (one) => void one.buy(1, '2025-06-01'),
    adjust: (one) => void one.adjust(1, at('2025-06-01')),
    clawback: (one) => void one.tell(refunded(refund('r', { moneyMinor: 100 }), 'o1'), at('2025-06-01')),
    import: (one) => void one.adjust(1, at('2025-06-01'), { from: 'i:1' }),
    birthday: (one) => {
      one.record(event('b', { traits: { birthday: '06-01' } }), at('2025-02-01'));
      one.due(at('2025-06-01T00:00:00Z'));
    },
    earn: (one) => void one.record(event('e', { name: 'Reviewed' }), at('2025-06-01')),
    event: (one) => void one.record(event('e', { name: 'Visited' }), at('2025-06-01')),
  };
  const earning = {
    order: null,
    rules: [
      {
        ...{ id: 'review', name: 'Review', startsAtMs: null, endsAtMs: null, segment: null, onlyTiers: [], tiers: {} },
        ...{ limits: [], stackable: true, priority: 0, trust: 'server' as const, kind: 'event' as const },
        ...{ event: 'Reviewed', conditions: [], rounding: 'floor' as const, moneyProperty: null },
        gives: { kind: 'fixed' as const, points: 5 },
      },
    ],
    campaigns: [],
    wait: null,
  };
  const birthdays = {
    bonus: { kind: 'points' as const, points: 3 },
    tiers: {},
    leadDays: 0,
    leapDay: 'february_28' as const,
  };

  function isKept(activities: InactivityProgramme['activities'], what: string): boolean {
    const one = new Holder(rules({ activities }), 'UTC', { earning, birthdays });
    one.buy(100, '2025-01-10');
    does[what]?.(one);
    one.due(at('2026-03-01'));
    return one.balance > 0;
  }

  test.each(Object.keys(does))('%s: as the reference has it, and as the merchant says', (what) => {
    expect(isKept(['order', 'earn', 'redeem'], what)).toBe(['order', 'earn'].includes(what));
    expect(isKept([...ACTIVITIES], what)).toBe(true);
    const others = ACTIVITIES.filter((one) => one !== what && !(what === 'earn' && one === 'event'));
    // an order is an event as well, and so is a refund
    if (!['order', 'clawback'].includes(what)) expect(isKept(others, what)).toBe(false);
  });

  test('points running out do not', () => {
    const one = new Holder(rules(), 'UTC', {});
    one.buy(100, '2025-01-10');
    one.adjust(7, at('2025-01-11'), { expiresAtMs: at('2025-08-01') });
    one.due(at('2026-01-11'));
    expect(one.balance).toBe(0);
  });

  test('one that is told late counts at its own time', () => {
    const one = new Holder(rules({ activities: ['event'] }));
    one.adjust(100, at('2025-01-10'));
    one.record(event('e', { name: 'Visited', occurredAtMs: at('2025-03-10') }), at('2025-06-01'));
    one.due(at('2026-03-10'));
    expect(one.balance).toBe(100);
    one.due(at('2026-03-11'));
    expect(one.balance).toBe(0);
  });
});

describe('notices of a balance', () => {
  const notices = { warning: 30, last_chance: 3 };

  test('come at their leads, each once', () => {
    const one = new Holder(rules({ notices }));
    one.buy(100, '2025-01-10');
    one.due(at('2026-02-01'));
    expect(one.told).toEqual([
      '2025-12-12T00:00 warning 100 inactivity',
      '2026-01-08T00:00 last_chance 100 inactivity',
      '2026-01-11T00:00 expired 100 inactivity',
    ]);
    const [first] = one.journal.filter(({ name }) => name === 'Points Expiring');
    expect(first?.about.properties).toEqual({
      stage: 'warning',
      points: 100,
      expires_at: '2026-01-11T00:00:00.000Z',
      reason: 'inactivity',
      balance_after: 100,
    });
  });

  test('X10: whoever does something after the warning gets no last chance, and a new time', () => {
    const one = new Holder(rules({ notices }));
    one.buy(100, '2025-01-10');
    one.due(at('2026-01-01'));
    one.buy(5, '2026-01-01');
    one.due(at('2027-02-01'));
    expect(one.told).toEqual([
      '2025-12-12T00:00 warning 100 inactivity',
      '2026-12-03T00:00 warning 105 inactivity',
      '2026-12-30T00:00 last_chance 105 inactivity',
      '2027-01-02T00:00 expired 105 inactivity',
    ]);
  });

  test('X11: a lead that is longer than the period warns at once, and never again', () => {
    const one = new Holder(rules({ notices, expiry: { unit: 'day', quantity: 7, until: 'day' } }));
    one.buy(10, '2026-01-01');
    one.buy(10, '2026-01-03');
    one.buy(10, '2026-01-05');
    one.due(at('2026-02-01'));
    expect(one.told).toEqual([
      '2026-01-01T12:00 warning 10 inactivity',
      '2026-01-10T00:00 last_chance 30 inactivity',
      '2026-01-13T00:00 expired 30 inactivity',
    ]);
  });

  test('of two that come at once the later one is told alone', () => {
    const one = new Holder(
      rules({ notices: { warning: 30, last_chance: 20 }, expiry: { unit: 'day', quantity: 7, until: 'day' } }),
    );
    one.buy(10, '2026-01-01');
    one.due(at('2026-02-01'));
    expect(one.told).toEqual(['2026-01-01T12:00 last_chance 10 inactivity', '2026-01-09T00:00 expired 10 inactivity']);
  });

  test('that are switched on tell whom they would have told already', () => {
    const one = new Holder();
    one.buy(100, '2025-01-10');
    one.change(rules({ notices }), '2025-12-20');
    one.due(at('2026-01-09'));
    expect(one.told).toEqual([
      '2025-12-20T12:00 warning 100 inactivity',
      '2026-01-08T00:00 last_chance 100 inactivity',
    ]);
  });
});

describe('notices of lots', () => {
  const lots = (notices: InactivityProgramme['notices'], days = 100) =>
    new Holder(rules({ expiry: null, notices }), 'UTC', { expiresAfterDays: days });
  const both = { warning: 30, last_chance: 3 };

  test('say what runs out on a day, each day and stage once', () => {
    const one = lots(both);
    one.buy(10, '2026-01-01');
    one.buy(20, '2026-01-01');
    one.buy(5, '2026-01-03');
    one.due(at('2026-05-01'));
    expect(one.told).toEqual([
      '2026-03-12T12:00 warning 30 lots',
      '2026-03-14T12:00 warning 5 lots',
      '2026-04-08T12:00 last_chance 30 lots',
      '2026-04-10T12:00 last_chance 5 lots',
      '2026-04-11T12:00 expired 30 lots',
      '2026-04-13T12:00 expired 5 lots',
    ]);
  });

  test('X1, X2: what was spent meanwhile is not spoken of: the soonest goes first, what never runs out last', () => {
    const one = lots({ warning: 30, last_chance: null });
    one.adjust(50, at('2026-01-01'), { expiresAtMs: 8_640_000_000_000_000 });
    one.adjust(100, at('2026-01-01'), { expiresAtMs: at('2026-01-31') });
    one.adjust(100, at('2026-01-01'), { expiresAtMs: at('2026-03-31') });
    one.adjust(-150, at('2026-01-10'));
    expect(one.lots.map(({ remaining }) => remaining)).toEqual([50, 50]);
    one.due(at('2026-04-01'));
    expect(one.told.slice(1)).toEqual(['2026-03-01T12:00 warning 50 lots', '2026-03-31T12:00 expired 50 lots']);
    expect(one.balance).toBe(50);
  });

  test('one whose points are gone by its time is not told, and costs no row', () => {
    const one = lots({ warning: 30, last_chance: null });
    one.buy(10, '2026-01-01');
    one.adjust(-10, at('2026-02-01'));
    one.due(at('2026-05-01'));
    expect([one.told, one.head?.nextDueMs]).toEqual([[], null]);
  });

  test('lots that live no longer than the lead are told of at once, with all that runs out that day', () => {
    const one = lots(both, 10);
    one.buy(10, '2026-01-01');
    one.due(at('2026-01-01'));
    one.buy(20, '2026-01-02');
    one.due(at('2026-02-01'));
    expect(one.told.slice(0, 3)).toEqual([
      '2026-01-01T12:00 warning 10 lots',
      '2026-01-02T12:00 warning 20 lots',
      '2026-01-08T12:00 last_chance 10 lots',
    ]);
  });

  test('points that come to a date before one that was told are told of too, at once, and each date once', () => {
    const one = lots(both);
    one.adjust(10, at('2026-01-01'), { expiresAtMs: at('2026-03-20') });
    one.due(at('2026-02-25'));
    one.adjust(20, at('2026-02-25'), { expiresAtMs: at('2026-03-15') });
    one.adjust(30, at('2026-02-26'), { expiresAtMs: at('2026-03-20') });
    one.due(at('2026-03-18'));
    expect(one.told).toEqual([
      '2026-02-18T12:00 warning 10 lots',
      '2026-02-25T12:00 warning 20 lots',
      '2026-03-12T12:00 last_chance 20 lots',
      '2026-03-15T12:00 expired 20 lots',
      '2026-03-17T12:00 last_chance 40 lots',
    ]);
  });

  test('of very many dates ahead stay few in the customer’s row: the soonest count as told together', () => {
    const one = lots({ warning: 365, last_chance: null });
    const dates = Array.from({ length: 200 }, (_, day) => at('2026-06-01') + day * 86_400_000);
    for (const expiresAtMs of dates) one.adjust(1, at('2026-01-01'), { expiresAtMs });
    one.due(at('2026-01-02'));
    expect(one.told).toHaveLength(200);
    expect(JSON.stringify(one.head?.loyalty).length).toBeLessThan(1_500);
  });

  test('X4: rung twice, or two days late, the alarm tells the same at the same instants', () => {
    const [late, often] = [lots(both), lots(both)];
    for (const one of [late, often]) one.buy(10, '2026-01-01');
    for (let hour = 0; hour < 120 * 24; hour += 5) often.due(at('2026-01-01') + hour * 3_600_000);
    often.due(at('2026-05-01'));
    late.due(at('2026-05-01'));
    expect(late.told).toHaveLength(3);
    expect(often.told).toEqual(late.told);
  });

  test('X8, X13: lots that were made before points ran out have no end, and keep the one they had when it is switched off', () => {
    const one = new Holder(undefined);
    one.buy(10, '2026-01-01');
    one.terms = terms({ expiresAfterDays: 30 });
    one.buy(20, '2026-01-02');
    one.terms = terms({});
    one.buy(40, '2026-01-03');
    one.due(at('2030-01-01'));
    expect([one.told, one.balance]).toEqual([['2026-02-01T12:00 expired 20 lots'], 50]);
  });
});

test('X3: points that pay a debt leave the rest of their lot', () => {
  const one = new Holder();
  one.adjust(-50, at('2026-01-01'), { allowDebt: true });
  one.adjust(80, at('2026-01-02'));
  expect([one.balance, one.debt, one.lots.map(({ remaining }) => remaining)]).toEqual([30, 0, [30]]);
});

test('two customers who turn out to be one: a date counts as told that was told to both', () => {
  const own = { lots: { warning: { toldMs: 5, ahead: [7, 9], nextMs: 10, atMs: 8 } } };
  const other = { lots: { warning: { toldMs: 3, ahead: [4, 5, 9, 11] } } };
  expect(joinActivity(own, other)).toEqual({ lots: { warning: { toldMs: 3, ahead: [5, 9, 4] } } });
});

test('two customers who turn out to be one were active when either was; what was told to one may be told again', () => {
  const own = { sinceMs: 10, told: { warning: 1 }, lots: { warning: { toldMs: 5, nextMs: 6, atMs: 6 } } };
  const other = { sinceMs: 20, lots: { warning: { toldMs: 3 }, last_chance: { toldMs: 9 } } };
  expect(joinActivity(own, other)).toEqual({
    sinceMs: 20,
    lots: { warning: { toldMs: 3 }, last_chance: { toldMs: 9 } },
  });
});
