/** Tiers: the hard cases, one by one. The right side is worked out by hand. */
import { describe, expect, test } from 'vitest';
import { NO_REWARDS, type Reward } from '../../../worker/domain/rewards/programme.ts';
import { tierStanding } from '../../../worker/domain/tiers/standing.ts';
import { event, paid, refund, refunded, snapshot } from '../given.ts';
import { pointsOf } from '../till.ts';
import { at, Climber, rewarding, tier, tiers } from './given-tiers.ts';

const FIVE: Reward = {
  id: 'five',
  name: 'Five off',
  text: null,
  active: true,
  benefit: { kind: 'amount', amountMinor: 500 },
  price: null,
  tierPrices: {},
  stock: null,
  limit: null,
  onlyFor: { segments: [], tiers: [] },
  expires: null,
  minimumMinor: null,
  applicable: { only: [], not: [] },
  combinable: false,
  prefix: '',
};

const iso = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());
const standing = (one: Climber, day: string) => {
  if (one.head === null) throw new Error('nobody');
  return tierStanding(one.head, one.terms, at(day));
};

describe('reaching a tier', () => {
  test('T9: exactly at its threshold, and not a unit short of it', () => {
    const one = new Climber(tiers());
    one.buy(499, '2026-01-10');
    expect(one.tier).toBe('bronze');
    one.buy(1, '2026-01-11');
    expect(one.tier).toBe('silver');
  });

  test('T9: of money, to the minor unit', () => {
    const one = new Climber(tiers({ metric: 'spent', tiers: [tier('silver', 50_001)] }));
    one.buy(500, '2026-01-10');
    expect([one.tier, standing(one, '2026-01-10')?.next?.missing]).toEqual([null, 1]);
    one.tell(paid(snapshot(1, { orderId: 'cent' })), at('2026-01-11'));
    expect(one.tier).toBe('silver');
  });

  test('T1: passing several at once pays for each of them, in one row', () => {
    const one = new Climber(rewarding());
    one.buy(2500, '2026-01-10');
    expect(one.moves).toEqual(['2026-01-10 VIP Tier Achieved - > platinum']);
    expect(pointsOf(one.entries)).toEqual([2500, 1, 5, 10, 20]);
    expect(one.balance).toBe(2536);
  });

  test('T1: or for the one that was reached alone', () => {
    const one = new Climber(rewarding({ entryRewards: 'reached' }));
    one.buy(2500, '2026-01-10');
    expect(pointsOf(one.entries)).toEqual([2500, 20]);
  });

  test('a reward comes as a voucher with a row of its own, after the one that tells of the tier', () => {
    const reward = { kind: 'reward' as const, reward: 'five' };
    const rules = tiers({ tiers: [tier('bronze', 100, { entry: reward })] });
    const one = new Climber(rules, 'UTC', { rewards: { ...NO_REWARDS, rewards: [FIVE] } });
    one.buy(100, '2026-01-10');
    expect(one.journal.map(({ name }) => name)).toEqual(['Updated Order', 'VIP Tier Achieved', 'Reward Issued']);
    expect(one.journal[1]?.about.properties).toMatchObject({ reward_id: 'five', reward_name: 'Five off' });
    expect(one.vouchers).toMatchObject([{ holder: 'c', origin: { kind: 'given', by: 'tier:bronze' } }]);
  });

  test('what entering gives does not lead into the next tier', () => {
    const entry = { kind: 'points' as const, points: 600 };
    const one = new Climber(tiers({ tiers: [tier('bronze', 100, { entry }), tier('silver', 500)] }));
    one.buy(100, '2026-01-10');
    expect([one.tier, one.balance]).toEqual(['bronze', 700]);
  });

  test('a tier that asks for nothing is for whom the shop can name', () => {
    const one = new Climber(tiers({ tiers: [tier('member', 0), tier('gold', 1000)] }));
    one.record(event('a', { trust: 'browser' }), at('2026-01-01'), false);
    expect(one.tier).toBeNull();
    one.record(event('b'), at('2026-01-02'));
    expect([one.tier, standing(one, '2026-01-02')?.keep]).toEqual(['member', null]);
  });

  test('whoever takes no part enters none; once they do, what they did counts', () => {
    const members = { enrolment: 'join' as const, guestsEarn: false, exclude: { tags: [], segments: [] } };
    const one = new Climber(tiers({ metric: 'spent', tiers: [tier('silver', 50_000)] }), 'UTC', { members });
    one.buy(600, '2026-01-10');
    expect(one.tier).toBeNull();
    const join = { op: 'membership' as const, key: 'j', fingerprint: 'j', state: 'member' as const, reason: null };
    one.operate({ ...join, by: 'hub' }, at('2026-01-11'));
    expect(one.tier).toBe('silver');
  });
});

describe('what counts', () => {
  test('T6: points that are taken and points that run out change nothing', () => {
    const one = new Climber(tiers(), 'UTC', { expiresAfterDays: 30 });
    one.buy(600, '2026-01-10');
    one.adjust(-500, at('2026-01-11'));
    one.due(at('2026-03-01'));
    expect([one.balance, one.tier, standing(one, '2026-03-01')?.progress]).toEqual([0, 'silver', 600]);
  });

  test('T7: points by hand do not, unless somebody says so', () => {
    const one = new Climber(tiers());
    one.adjust(1000, at('2026-01-10'));
    expect(one.tier).toBeNull();
    one.adjust(1000, at('2026-01-11'), { countsTowardTier: true });
    expect(one.tier).toBe('gold');
  });

  test.each([
    ['paid', 11_600, 10_100],
    ['earning_base', 10_000, 8_500],
  ] as const)('money as %s: with tax and shipping, or what earns; less what went back', (spent, before, after) => {
    const one = new Climber(tiers({ metric: 'spent', spent }));
    const amounts = { taxMinor: 1_000, shippingMinor: 600 };
    one.tell(paid(snapshot(10_000, { orderId: 'o', ...amounts })), at('2026-01-10'));
    expect(standing(one, '2026-01-10')?.progress).toBe(before);
    const lines = [{ lineId: 'l1', quantity: 0, netMinor: 1_500, taxMinor: 0, giftCard: false }];
    one.tell(refunded(refund('r', { lines, moneyMinor: 1_500 }), 'o'), at('2026-01-12'));
    expect(standing(one, '2026-01-12')?.progress).toBe(after);
  });

  test('paid orders, but for those of which nothing is left', () => {
    const one = new Climber(tiers({ metric: 'orders', tiers: [tier('regular', 2)] }));
    one.buy(10, '2026-01-10');
    const second = one.buy(10, '2026-01-11');
    expect(one.tier).toBe('regular');
    one.giveBack(second, 4, '2026-01-12');
    expect(one.tier).toBe('regular');
    one.giveBack(second, 6, '2026-01-13');
    expect(one.tier).toBeNull();
  });

  test('friends whom somebody brought, from when they completed it, for as long as it stands', () => {
    const one = new Climber(tiers({ metric: 'referrals', tiers: [tier('friend', 1), tier('ambassador', 2)] }));
    const told = (referral: string, ask: 'reward' | 'revoke', day: string) => {
      const status = ask === 'reward' ? ('pending' as const) : ('cancelled' as const);
      const key = `${referral}:${ask}`;
      const about = { reasons: [], startedAtMs: at('2026-01-01'), reward: null, flagged: false, friend: 'f' };
      const version = ask === 'reward' ? 1 : 2;
      one.operate({ op: 'referral', key, fingerprint: key, ask, referral, version, status, ...about }, at(day));
    };
    told('a', 'reward', '2026-01-10');
    told('b', 'reward', '2026-01-12');
    expect(one.tier).toBe('ambassador');
    told('b', 'revoke', '2026-01-20');
    expect(one.moves.at(-1)).toBe('2026-01-20 VIP Tier Lost ambassador > friend');
  });

  test('nothing from before the start', () => {
    const one = new Climber(tiers({ startsAtMs: at('2026-02-01') }));
    const early = one.buy(600, '2026-01-10');
    expect(one.tier).toBeNull();
    one.buy(400, '2026-02-02');
    one.giveBack(early, 600, '2026-02-03');
    expect(standing(one, '2026-02-03')?.progress).toBe(400);
  });

  test('points that wait count once they are there', () => {
    const wait = { after: 'paid' as const, days: 14 };
    const one = new Climber(tiers(), 'UTC', { earning: { order: null, rules: [], campaigns: [], wait } });
    const order = one.buy(600, '2026-01-10');
    expect(one.tier).toBeNull();
    one.giveBack(order, 60, '2026-01-12');
    one.due(at('2026-01-23'));
    expect(one.tier).toBeNull();
    one.due(at('2026-01-25'));
    expect(one.moves).toEqual(['2026-01-24 VIP Tier Achieved - > silver']);
    expect(standing(one, '2026-01-25')?.progress).toBe(540);
  });

  test('what is filled in from the past counts at its own time, quietly, and gives nothing', () => {
    const one = new Climber(rewarding());
    const order = paid(snapshot(60_000, { orderId: 'old' }));
    const backfill = { from: 'i:1', earn: false };
    const metric = { ...one.terms.programme.tiers, metric: 'spent', window: 'rolling_year' };
    one.terms = { ...one.terms, programme: { ...one.terms.programme, tiers: { ...rewarding(), ...metric } as never } };
    one.record(event('f', { fact: order, backfill, occurredAtMs: at('2025-12-01') }), at('2026-03-01'));
    expect(one.moves).toEqual(['2026-03-01 VIP Tier Achieved - > platinum (quiet)']);
    expect(one.balance).toBe(0);
    one.due(at('2026-12-02'));
    expect(standing(one, '2026-12-02')?.progress).toBe(0);
  });
});

describe('a calendar year', () => {
  test('T2: entered on 5 November it is kept to the end of the next year, whose counter starts at 0', () => {
    const one = new Climber(tiers(), 'Europe/Berlin');
    one.buy(1000, '2024-11-05');
    expect(iso(standing(one, '2024-11-05')?.keep?.untilMs)).toBe('2025-12-31T23:00:00.000Z');
    expect(one.journal.at(-1)?.about.properties).toMatchObject({
      tier_to: 'gold',
      keep_until: '2025-12-31T22:59:59.999Z',
      next_tier: 'platinum',
      points_to_next: 1000,
      points_to_keep: null,
    });
    expect(standing(one, '2025-01-02')).toMatchObject({
      progress: 0,
      keep: { missing: 1000 },
      next: { missing: 2000 },
    });
    one.due(at('2025-12-31T22:59:59.999Z'));
    expect(one.tier).toBe('gold');
    one.due(at('2025-12-31T23:00:00.000Z'));
    expect(one.moves.slice(1)).toEqual(['2025-12-31 VIP Tier Lost gold > -']);
  });

  test('T4: reached again, it is kept another year, and gives nothing again', () => {
    const one = new Climber(rewarding());
    one.buy(1000, '2024-11-05');
    one.buy(5, '2024-11-20');
    one.buy(999, '2025-06-01');
    expect(standing(one, '2025-06-01')?.keep).toEqual({ untilMs: at('2026-01-01T00:00:00Z'), missing: 1 });
    one.buy(1, '2025-07-01');
    expect(standing(one, '2025-07-01')?.keep).toEqual({ untilMs: at('2027-01-01T00:00:00Z'), missing: null });
    expect(one.moves).toEqual(['2024-11-05 VIP Tier Achieved - > gold', '2025-07-01 VIP Tier Kept gold > gold']);
    one.buy(500, '2025-08-01');
    one.due(at('2026-12-31'));
    expect([one.tier, one.moves.length, one.balance]).toEqual(['gold', 2, 2505 + 16]);
    one.due(at('2027-01-01T00:00:00Z'));
    expect(one.tier).toBeNull();
  });

  test.each([
    ['one_down', 'silver'],
    ['by_value', null],
  ] as const)('T5: with nothing in the year, %s from gold', (demotion, after) => {
    const one = new Climber(tiers({ demotion }));
    one.buy(1000, '2024-11-05');
    one.due(at('2026-01-01'));
    expect(one.tier).toBe(after);
  });

  test('T5: one down is held for a year of its own, and then the next one', () => {
    const one = new Climber(tiers({ demotion: 'one_down' }));
    one.buy(1000, '2024-11-05');
    one.due(at('2028-06-01'));
    expect(one.moves).toEqual([
      '2024-11-05 VIP Tier Achieved - > gold',
      '2026-01-01 VIP Tier Lost gold > silver',
      '2027-01-01 VIP Tier Lost silver > bronze',
      '2028-01-01 VIP Tier Lost bronze > -',
    ]);
  });

  test('T5: by value it is what the year was enough for', () => {
    const one = new Climber(tiers());
    one.buy(1000, '2024-11-05');
    one.buy(600, '2025-05-05');
    one.due(at('2026-06-01'));
    expect(one.tier).toBe('silver');
    expect(iso(standing(one, '2026-06-01')?.keep?.untilMs)).toBe('2027-01-01T00:00:00.000Z');
  });

  test('in its grace it is still held; who makes up for what was missing keeps it without a break', () => {
    const rules = tiers({ graceDays: 30 });
    const [kept, lost] = [new Climber(rules), new Climber(rules)];
    for (const one of [kept, lost]) {
      one.buy(1000, '2024-11-05');
      one.buy(900, '2025-05-05');
      expect(standing(one, '2026-01-10')).toMatchObject({ tier: { id: 'gold' }, keep: { missing: 100 } });
    }
    kept.buy(100, '2026-01-30');
    lost.buy(99, '2026-01-30');
    kept.due(at('2026-12-31'));
    lost.due(at('2026-12-31'));
    expect(kept.moves.slice(1)).toEqual(['2026-01-30 VIP Tier Kept gold > gold']);
    expect(lost.moves.slice(1)).toEqual(['2026-01-31 VIP Tier Lost gold > silver']);
    kept.due(at('2027-01-31'));
    expect(kept.moves.slice(2)).toEqual(['2027-01-31 VIP Tier Lost gold > bronze']);
  });
});

describe('a rolling year', () => {
  const rolling = (changes = {}) => tiers({ window: 'rolling_year', ...changes });

  test('T3: entered on 29 February it is kept to 28 February', () => {
    const one = new Climber(rolling());
    one.buy(1000, '2024-02-29');
    expect(iso(standing(one, '2024-02-29')?.keep?.untilMs)).toBe('2025-03-01T00:00:00.000Z');
    one.due(at('2025-02-28T23:59:59.999Z'));
    expect(one.tier).toBe('gold');
    one.due(at('2025-03-01T00:00:00Z'));
    expect(one.moves.slice(1)).toEqual(['2025-03-01 VIP Tier Lost gold > -']);
  });

  test('what counts is what came in the last twelve months', () => {
    const one = new Climber(rolling());
    one.buy(300, '2025-03-10');
    one.buy(300, '2025-09-10');
    expect(standing(one, '2026-03-09')?.progress).toBe(600);
    expect(standing(one, '2026-03-10')?.progress).toBe(300);
    one.buy(200, '2026-03-10');
    expect(standing(one, '2026-03-10')?.progress).toBe(500);
  });

  test('what it was entered by does not keep it; the same again after the entry does', () => {
    const one = new Climber(rolling());
    one.buy(1000, '2024-06-01');
    one.buy(999, '2024-06-02');
    expect(one.tier).toBe('gold');
    one.due(at('2025-06-01'));
    expect(standing(one, '2025-06-01')?.keep?.missing).toBe(1);
    one.buy(1, '2025-06-01T20:00:00Z');
    expect(one.moves.slice(1)).toEqual(['2025-06-01 VIP Tier Kept gold > gold']);
    one.due(at('2026-06-01T23:59:59.999Z'));
    expect(one.tier).toBe('gold');
    one.due(at('2026-06-02T00:00:00Z'));
    expect(one.tier).toBeNull();
  });

  test('INV-9: when points that were taken leave the twelve months, whoever they kept down rises at that midnight', () => {
    const [quiet, asked] = [new Climber(rolling()), new Climber(rolling())];
    for (const one of [quiet, asked]) {
      one.adjust(-100, at('2024-06-10'), { allowDebt: true, countsTowardTier: true });
      one.buy(1050, '2024-08-01');
    }
    asked.due(at('2025-06-09'));
    for (const one of [quiet, asked]) {
      one.due(at('2025-06-20'));
      expect(one.moves).toEqual([
        '2024-08-01 VIP Tier Achieved - > silver',
        '2025-06-10 VIP Tier Achieved silver > gold',
      ]);
      expect(one.journal.at(-1)?.atMs).toBe(at('2025-06-10T00:00:00Z'));
    }
  });

  test('a customer who buys every day stays small: no day is kept that does not count any more', () => {
    const one = new Climber(rolling());
    for (let day = 0; day < 420; day += 1) one.buy(1, new Date(at('2023-12-01') + day * 86_400_000).toISOString());
    const days = one.head?.loyalty.tier?.days ?? {};
    expect([Object.keys(days).length, standing(one, '2025-01-23')?.progress]).toEqual([366, 366]);
    expect(JSON.stringify(one.head?.loyalty).length).toBeLessThan(5_000);
  });
});

describe('refunds', () => {
  test('that leave a lower tier which is kept already say so with the loss, and not again', () => {
    const one = new Climber(tiers({ window: 'rolling_year' }));
    const first = one.buy(500, '2024-01-10');
    const second = one.buy(600, '2024-03-10');
    one.buy(550, '2024-04-10');
    one.giveBack(second, 600, '2024-05-10');
    one.giveBack(first, 100, '2024-05-11');
    one.buy(1, '2024-05-12');
    expect(one.moves.slice(1)).toEqual([
      '2024-03-10 VIP Tier Achieved silver > gold',
      '2024-05-11 VIP Tier Lost gold > silver',
    ]);
    expect(standing(one, '2024-05-12')?.keep?.missing).toBeNull();
  });

  test('R15: a refund that takes away what a tier was reached by takes the tier, and coming back gives nothing again', () => {
    const one = new Climber(rewarding());
    const order = one.buy(1000, '2026-02-01');
    const given = one.balance;
    one.giveBack(order, 100, '2026-02-10');
    expect(one.tier).toBe('silver');
    one.buy(100, '2026-03-01');
    expect([one.tier, one.balance]).toEqual(['gold', given]);
    expect(one.moves).toEqual([
      '2026-02-01 VIP Tier Achieved - > gold',
      '2026-02-10 VIP Tier Lost gold > silver',
      '2026-03-01 VIP Tier Achieved silver > gold',
    ]);
  });

  test('R15: or at the end of its time', () => {
    const one = new Climber(tiers({ onRefund: 'at_period_end' }));
    const order = one.buy(1000, '2026-02-01');
    one.giveBack(order, 100, '2026-02-10');
    expect([one.tier, standing(one, '2026-02-10')?.progress]).toEqual(['gold', 900]);
    one.due(at('2026-12-31'));
    expect(one.tier).toBe('gold');
    one.due(at('2027-01-01'));
    expect(one.tier).toBe('silver');
  });

  test('of a lifetime take the tier at once, or never', () => {
    const [strict, kind] = [
      new Climber(tiers({ window: 'lifetime' })),
      new Climber(tiers({ window: 'lifetime', onRefund: 'at_period_end' })),
    ];
    for (const one of [strict, kind]) one.giveBack(one.buy(1000, '2024-02-01'), 1000, '2024-02-02');
    for (const one of [strict, kind]) one.due(at('2034-01-01'));
    expect([strict.tier, kind.tier]).toEqual([null, 'gold']);
  });

  test('count at the date of the order: one of last year does not lower this year', () => {
    const one = new Climber(tiers());
    const old = one.buy(1000, '2025-12-20');
    one.buy(300, '2026-01-10');
    one.giveBack(old, 1000, '2026-01-15');
    expect([one.tier, standing(one, '2026-01-15')?.progress]).toEqual(['bronze', 300]);
  });

  test('of a rolling year fall to what still holds, within the time it was held for', () => {
    const one = new Climber(tiers({ window: 'rolling_year' }));
    const order = one.buy(1000, '2025-01-10');
    one.due(at('2025-11-10'));
    one.giveBack(order, 400, '2025-11-10');
    expect(one.tier).toBe('silver');
    expect(iso(standing(one, '2025-11-10')?.keep?.untilMs)).toBe('2026-01-11T00:00:00.000Z');
  });

  test('a tier kept by purchases of its grace is kept for as long as they make up for what was missing', () => {
    const one = new Climber(tiers({ graceDays: 30 }));
    one.buy(1000, '2024-11-05');
    one.buy(900, '2025-05-05');
    const late = one.buy(150, '2026-01-10');
    expect(one.moves.at(-1)).toBe('2026-01-10 VIP Tier Kept gold > gold');
    one.giveBack(late, 20, '2026-02-20');
    expect(one.tier).toBe('gold');
    one.giveBack(late, 100, '2026-02-21');
    expect(one.tier).toBe('silver');
  });

  test('R15: in a later year of a tier that was kept, coming back gives nothing again either', () => {
    const one = new Climber(rewarding());
    one.buy(1000, '2024-11-05');
    const second = one.buy(1000, '2025-06-01');
    one.giveBack(second, 1000, '2026-03-01');
    expect(one.tier).toBeNull();
    const before = one.balance;
    one.buy(1000, '2026-04-01');
    expect([one.tier, one.balance]).toEqual(['gold', before + 1000]);
  });

  test('whoever fell and comes back after the time is over gets again what entering gives', () => {
    const one = new Climber(rewarding());
    one.buy(1000, '2024-11-05');
    one.due(at('2026-02-01'));
    expect(one.tier).toBeNull();
    one.buy(1000, '2026-03-01');
    expect(one.balance).toBe(2000 + 2 * 16);
  });
});

describe('a tier that is set by hand', () => {
  const lock = (one: Climber, tierId: string | null, until: string | null, day: string) =>
    one.operate(
      {
        op: 'lock_tier',
        key: `l:${day}`,
        fingerprint: day,
        tier: tierId,
        untilMs: until === null ? null : at(until),
        reason: 'test',
      },
      at(day),
    );

  test('T11: is the tier until its end, whatever happens; then their own activity decides', () => {
    const one = new Climber(rewarding());
    one.buy(500, '2025-11-01');
    lock(one, 'platinum', '2026-06-01', '2025-11-02');
    expect([one.tier, standing(one, '2026-01-10')?.keep]).toEqual(['platinum', null]);
    one.buy(1200, '2026-02-01');
    one.due(at('2026-05-31'));
    expect([one.tier, one.balance]).toEqual(['platinum', 1706]);
    one.due(at('2026-06-01'));
    expect(one.moves).toEqual([
      '2025-11-01 VIP Tier Achieved - > silver',
      '2025-11-02 VIP Tier Achieved silver > platinum',
      '2026-06-01 VIP Tier Lost platinum > gold',
    ]);
    expect(one.balance).toBe(1716);
  });

  test('T11: a tier that ran out meanwhile is lost with the lock', () => {
    const one = new Climber(tiers());
    one.buy(1000, '2024-11-01');
    lock(one, 'gold', '2026-06-01', '2024-11-02');
    one.due(at('2026-05-31'));
    expect(one.tier).toBe('gold');
    one.due(at('2026-06-01'));
    expect(one.tier).toBeNull();
  });

  test('T11: none for ever, until somebody lets them go', () => {
    const one = new Climber(tiers());
    lock(one, null, null, '2026-01-01');
    one.buy(5000, '2026-01-02');
    expect([one.tier, one.head?.nextDueMs]).toEqual([null, null]);
    one.operate({ op: 'release_tier', key: 'r', fingerprint: 'r', reason: 'test' }, at('2026-01-03'));
    expect(one.moves.at(-1)).toBe('2026-01-03 VIP Tier Achieved - > platinum');
  });

  test('one that the programme does not have is refused, and changes nothing', () => {
    const one = new Climber(tiers());
    const { refusal } = lock(one, 'diamond', null, '2026-01-01');
    expect(refusal).toEqual({ reason: 'unknown_tier', tier: 'diamond' });
    expect(one.head?.loyalty.tier).toBeUndefined();
  });
});

describe('notices', () => {
  test('who would lose a tier is told so many days before, once, with what is missing', () => {
    const one = new Climber(tiers({ noticeDays: 30 }), 'Europe/Berlin');
    one.buy(1000, '2024-11-05');
    one.buy(700, '2025-06-05');
    one.due(at('2025-12-01T22:59:59.999Z'));
    expect(one.moves).toHaveLength(1);
    one.due(at('2025-12-20'));
    const row = one.journal.at(-1);
    expect([row?.name, iso(row?.atMs)]).toEqual(['VIP Tier Expiring', '2025-12-01T23:00:00.000Z']);
    expect(row?.about.properties).toMatchObject({ points_to_keep: 300, keep_until: '2025-12-31T22:59:59.999Z' });
    one.buy(100, '2025-12-21');
    expect(one.moves).toHaveLength(2);
  });

  test('who keeps theirs is not', () => {
    const one = new Climber(tiers({ noticeDays: 30 }));
    one.buy(1000, '2024-11-05');
    one.buy(1000, '2025-06-05');
    one.due(at('2026-11-30'));
    expect(one.moves.map((move) => move.slice(11, 24))).toEqual(['VIP Tier Achi', 'VIP Tier Kept']);
  });
});
