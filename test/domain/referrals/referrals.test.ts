/** Referrals decided at both sides, in memory: the hard cases F1 to F12, and what time and programmes do to them. */
import { describe, expect, it } from 'vitest';
import { aliasOf } from '../../../worker/domain/referrals/alias.ts';
import { clashing } from '../../../worker/domain/referrals/clash.ts';
import { codeOf, readCode } from '../../../worker/domain/referrals/code.ts';
import { DAY, line, NO_SEGMENTS, NOW, paid, snapshot } from '../given.ts';
import { Pair, referralTerms } from './pair.ts';

const later = (days: number) => NOW + days * DAY;
const COMPLETED = { friend: ['completed', 50], referrer: ['completed', 100] };
const PENDING = { friend: ['pending', 0], referrer: ['pending', 0] };

describe('a mailbox', () => {
  it.each([
    ['capitals', 'Ann.Lee@Shop.Example', 'ann.lee@shop.example'],
    ['a tag', 'ann+friend@shop.example', 'ann@shop.example'],
    ['dots of Gmail', 'a.n.n@gmail.com', 'ann@gmail.com'],
    ['the other name of Gmail', 'ann@googlemail.com', 'ann@gmail.com'],
    ['a dot and a space behind it', ' ann@shop.example. ', 'ann@shop.example'],
    ['all of it', 'A.N.N+x+y@GoogleMail.com.', 'ann@gmail.com'],
  ])('F1: is one however it is spelled: %s', (_, one, other) => {
    expect(aliasOf(one)).toBe(aliasOf(other));
  });

  it.each([
    ['dots of others count', 'a.nn@shop.example', 'ann@shop.example'],
    ['another domain', 'ann@shop.example', 'ann@shop.test'],
    ['nothing before the tag', '+ann@shop.example', '+bob@shop.example'],
  ])('F1: is another one: %s', (_, one, other) => {
    expect(aliasOf(one)).not.toBe(aliasOf(other));
  });
});

describe('a code', () => {
  it('follows from the customer, and is read as people write it', () => {
    const code = codeOf('0-1ab2cd3ef4gh5jk6');
    expect(code).toBe('01AB2CD3EF4GH');
    expect(readCode(' o1ab-2cd3 ef4gh ')).toBe(code);
    expect([readCode('01AB2CD3EF4G'), readCode('01AB2CD3EF4GU'), readCode('')]).toEqual([null, null, null]);
  });
});

describe('a claim', () => {
  it.each(['self', 'same_browser', 'known_customer'])('F1, F3: that is blocked for %s gives nothing, ever', (why) => {
    const pair = new Pair(referralTerms());
    expect(pair.claim(NOW, { blocked: [why] })).toMatchObject({ status: 'blocked', voucher: null });
    pair.order(8_000, later(1));
    expect(pair.standing).toEqual({ friend: ['blocked', 0], referrer: ['blocked', 0] });
    expect(pair.received?.reasons).toEqual([why]);
  });

  it('F2: of somebody who bought before is blocked; where the shop does not mind, it goes on', () => {
    const strict = new Pair(referralTerms());
    strict.order(8_000, NOW);
    expect(strict.claim(later(1))).toMatchObject({ status: 'blocked' });
    expect(strict.received?.reasons).toEqual(['known_customer']);
    const checks = { self: true, knownCustomers: false, sameBrowser: true, perAddress: null };
    const lenient = new Pair(referralTerms({ checks }));
    lenient.order(8_000, NOW);
    expect(lenient.claim(later(1))).toMatchObject({ status: 'pending' });
    lenient.order(8_000, later(2), 'o2');
    expect(lenient.standing).toEqual(COMPLETED);
  });

  it('F3: that waits for a look is not completed by an order; let go on, it is, by that order', () => {
    const pair = new Pair(referralTerms());
    expect(pair.claim(NOW, { held: ['address_velocity'] })).toMatchObject({ status: 'held' });
    pair.order(8_000, later(1));
    expect(pair.standing).toEqual({ friend: ['held', 0], referrer: ['held', 0] });
    expect(pair.review('approve', later(2))).toBeNull();
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F4: twice gets the same answer and is one referral', () => {
    const pair = new Pair(referralTerms());
    const first = pair.claim(NOW);
    expect(pair.claim(later(1))).toEqual(first);
    expect(pair.friend.head?.loyalty.referral?.received).toHaveLength(1);
    expect(pair.told).toEqual({ friend: ['Referral Started'], referrer: ['Referral Started'] });
  });

  it('F4: again once it is completed changes nothing: a person is a friend once', () => {
    const pair = new Pair(referralTerms());
    const first = pair.claim(NOW);
    pair.order(8_000, later(1));
    expect(pair.claim(later(2), { code: 'BBCDEFGHJKMNP', referrer: 'other' })).toMatchObject({
      referral: first?.referral,
      status: 'completed',
    });
    pair.order(8_000, later(3), 'o2');
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F8: by another link takes the place of the first, or does not, as the shop says', () => {
    const other = { code: 'BBCDEFGHJKMNP', referrer: 'other' };
    const last = new Pair(referralTerms({ attribution: 'last' }));
    const before = last.claim(NOW);
    expect(last.claim(later(1), other)).not.toMatchObject({ referral: before?.referral });
    expect(last.received).toMatchObject({ referrer: 'other', status: 'pending' });
    const [replaced] = last.friend.head?.loyalty.referral?.received ?? [];
    expect(replaced).toMatchObject({ status: 'cancelled', reasons: ['another_link'] });
    const first = new Pair(referralTerms({ attribution: 'first' }));
    const stays = first.claim(NOW);
    expect(first.claim(later(1), other)).toEqual(stays);
    expect(first.received).toMatchObject({ referrer: 'referrer' });
  });

  it('F8: by another link changes nothing once an order is there', () => {
    const pair = new Pair(referralTerms({ waitingDays: 14 }));
    pair.claim(NOW);
    pair.order(8_000, later(1));
    pair.claim(later(2), { code: 'BBCDEFGHJKMNP', referrer: 'other' });
    expect(pair.received).toMatchObject({ referrer: 'referrer', order: { id: 'o1' } });
  });
});

describe('an order', () => {
  it('F5: below the minimum, after discounts and without tax, shipping and gift cards, leaves it pending', () => {
    const pair = new Pair(referralTerms({ minimumMinor: 5_000 }));
    pair.claim(NOW);
    pair.order(4_900, later(1), 'o1', { discountMinor: 900, taxMinor: 700, shippingMinor: 490 });
    pair.order(6_000, later(2), 'o2', { lines: [line(2_000, { giftCard: true }), line(4_000, { lineId: 'l2' })] });
    expect(pair.standing).toEqual(PENDING);
    pair.order(5_000, later(3), 'o3');
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F5: that a refund leaves below the minimum is let go, and the next one completes it', () => {
    const pair = new Pair(referralTerms({ minimumMinor: 5_000, waitingDays: 14 }));
    pair.claim(NOW);
    pair.order(6_000, later(1));
    pair.back(2_000, later(2));
    pair.order(6_000, later(3), 'o2');
    pair.due(later(15));
    expect(pair.standing).toEqual(PENDING);
    pair.due(later(17));
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F6: INV-2: told again, in whatever words, completes it once', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    for (const at of [later(1), later(2), later(3)]) pair.order(8_000, at);
    expect(pair.standing).toEqual(COMPLETED);
    expect(pair.told).toEqual({
      friend: ['Referral Started', 'Referral Completed'],
      referrer: ['Referral Started', 'Referral Completed'],
    });
    expect(pair.referrer.head?.loyalty.referral?.completed).toBe(1);
  });

  it('F9: completes it whatever it names, for it is of whoever claimed', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    pair.order(8_000, later(1), 'o1', { codes: [] });
    expect(pair.standing).toEqual(COMPLETED);
  });

  it.each([
    ['in another currency', { currency: 'EUR' }],
    ['for a test', { test: true }],
    ['from before the claim', { placedAtMs: NOW - DAY }],
  ])('%s does not complete it', (_, changes) => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    pair.order(8_000, later(1), 'o1', changes);
    expect(pair.standing).toEqual(PENDING);
  });

  it('of somebody whose older orders turn up has somebody look at it', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    pair.friend.tell(paid(snapshot(3_000, { orderId: 'old', placedAtMs: NOW - 9 * DAY })), later(1));
    pair.order(8_000, later(2));
    expect(pair.standing).toEqual({ friend: ['held', 0], referrer: ['held', 0] });
    expect(pair.received?.reasons).toEqual(['other_orders']);
  });

  it('stands its days by the clock on the wall: an hour more or less where the clocks change', () => {
    const berlin = { ...NO_SEGMENTS, manner: { ...NO_SEGMENTS.manner, timeZone: 'Europe/Berlin' } };
    const pair = new Pair(referralTerms({ waitingDays: 14 }, {}, { segments: berlin }));
    const [claimed, ordered] = [Date.parse('2026-03-19T10:00:00Z'), Date.parse('2026-03-20T10:00:00Z')];
    pair.claim(claimed);
    pair.order(8_000, ordered);
    expect(pair.received?.order?.completesAtMs).toBe(Date.parse('2026-04-03T09:00:00Z'));
  });
});

describe('a refund', () => {
  it('F7: while the order waits cancels it, and nobody ever gets anything', () => {
    const pair = new Pair(referralTerms({ waitingDays: 14 }));
    pair.claim(NOW);
    pair.order(8_000, later(1));
    pair.back(null, later(3));
    pair.due(later(60));
    expect(pair.standing).toEqual({ friend: ['cancelled', 0], referrer: ['cancelled', 0] });
    expect([pair.friend.entries, pair.referrer.entries]).toEqual([[], []]);
  });

  it('F7: afterwards takes back what nobody used', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    pair.order(8_000, later(1));
    pair.back(null, later(3));
    expect(pair.standing).toEqual({ friend: ['cancelled', 0], referrer: ['cancelled', 0] });
    expect(pair.referrer.head?.loyalty.referral?.completed).toBe(0);
  });

  it('F7: afterwards leaves what was used, be it in part, and flags it on both sides', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    pair.order(8_000, later(1));
    pair.referrer.adjust(-1, later(2));
    pair.back(null, later(3));
    expect(pair.standing).toEqual({ friend: ['cancelled', 0], referrer: ['cancelled', 99] });
    expect(pair.received?.flagged).toBe(true);
  });

  it('F7: of a part leaves a referral that was completed', () => {
    const pair = new Pair(referralTerms({ minimumMinor: 5_000 }));
    pair.claim(NOW);
    pair.order(6_000, later(1));
    pair.back(5_999, later(3));
    expect(pair.standing).toEqual(COMPLETED);
  });
});

describe('a referrer', () => {
  it('F10: who takes no part when it is completed gets nothing; the friend keeps what is theirs', () => {
    const pair = new Pair(referralTerms({ waitingDays: 14 }));
    pair.claim(NOW);
    pair.order(8_000, later(1));
    const out = {
      op: 'membership',
      key: 'out',
      fingerprint: 'out',
      state: 'disabled',
      reason: null,
      by: 'api',
    } as const;
    pair.referrer.operate(out, later(2));
    pair.due(later(20));
    expect(pair.standing).toEqual({ friend: ['cancelled', 50], referrer: ['cancelled', 0] });
    expect(pair.received?.reasons).toEqual(['referrer_disabled']);
  });

  it('INV-2: who is told the same word again gives the same answer, and nothing twice', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    const about = { ask: 'tell' as const, referral: 'ref_c_1', friend: 'c', status: 'pending' as const, reward: null };
    const again = { ...about, reasons: [], version: 1, startedAtMs: NOW, flagged: false };
    pair.referrer.operate({ op: 'referral', key: 'again', fingerprint: 'again', ...again }, later(1));
    expect(pair.referrer.journal.at(-1)).toMatchObject({ kind: 'referral.changed', name: null, entries: [] });
    expect(pair.told.referrer).toEqual(['Referral Started']);
  });
});

describe('a look at it', () => {
  it('F11: that unblocks it before an order leaves it pending, and the order completes it', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW, { blocked: ['self'] });
    expect(pair.review('approve', later(1))).toBeNull();
    expect(pair.standing).toEqual(PENDING);
    pair.order(8_000, later(2));
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F11: that unblocks it after the friend bought completes it at once', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW, { blocked: ['same_browser'] });
    pair.order(8_000, later(1));
    expect(pair.review('approve', later(2))).toBeNull();
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('F11: that blocks it leaves the order without effect, and is refused where it is over', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    expect(pair.review('block', later(1))).toBeNull();
    pair.order(8_000, later(2));
    expect(pair.standing).toEqual({ friend: ['blocked', 0], referrer: ['blocked', 0] });
    expect(pair.review('block', later(3))).toBe('referral_over');
    const done = new Pair(referralTerms());
    done.claim(NOW);
    done.order(8_000, later(1));
    expect([done.review('approve', later(2)), done.review('block', later(2))]).toEqual([
      'referral_over',
      'referral_over',
    ]);
  });
});

describe('time', () => {
  it('F12: forgets a referral without an order on its day; the friend hears nothing of it', () => {
    const pair = new Pair(referralTerms({ expiresAfterDays: 60 }));
    pair.claim(NOW);
    pair.due(later(60) - 1);
    expect(pair.standing).toEqual(PENDING);
    pair.due(later(60));
    expect(pair.standing).toEqual({ friend: ['expired', 0], referrer: ['expired', 0] });
    expect(pair.told).toEqual({ friend: ['Referral Started'], referrer: ['Referral Started', 'Referral Expired'] });
    pair.order(8_000, later(61));
    expect(pair.standing).toEqual({ friend: ['expired', 0], referrer: ['expired', 0] });
  });

  it('F12: forgets none that an order waits for', () => {
    const pair = new Pair(referralTerms({ expiresAfterDays: 60, waitingDays: 30 }));
    pair.claim(NOW);
    pair.order(8_000, later(50));
    pair.due(later(80));
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('INV-9: completes at its own instant, however late the alarm', () => {
    const pair = new Pair(referralTerms({ waitingDays: 14 }));
    pair.claim(NOW);
    pair.order(8_000, later(1));
    pair.due(later(40));
    expect(pair.received?.order?.completesAtMs).toBe(later(15));
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('keeps what was promised on the day of the claim, whatever the programme says later', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    const other = referralTerms({ friend: null, referrer: { kind: 'points', points: 1 }, minimumMinor: 99_999 });
    for (const till of [pair.friend, pair.referrer]) till.terms = { ...other, programmeVersion: 2 };
    pair.order(8_000, later(1));
    expect(pair.standing).toEqual(COMPLETED);
  });
});

describe('two who turn out to be one', () => {
  it('keep the referral that is furthest, then the one that began first; what is completed stays', () => {
    const pair = new Pair(referralTerms());
    pair.claim(NOW);
    const one = pair.received;
    if (one === undefined) throw new Error('no claim');
    const order = { id: 'o', completesAtMs: later(9) };
    const [early, late] = [
      { ...one, id: 'a' },
      { ...one, id: 'b', claimedAtMs: later(1) },
    ];
    expect(clashing([early, late])).toEqual([late]);
    expect(clashing([early, { ...late, order }])).toEqual([early]);
    expect(
      clashing([
        { ...early, order },
        { ...late, status: 'completed' },
      ]),
    ).toEqual([{ ...early, order }]);
    expect(
      clashing([
        { ...early, status: 'completed' },
        { ...late, status: 'completed' },
      ]),
    ).toEqual([]);
    expect(clashing([{ ...early, status: 'blocked' }, late])).toEqual([]);
  });
});
