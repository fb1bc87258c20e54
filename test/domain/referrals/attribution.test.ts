/** Friends who claimed nothing: they followed a link, or their first order names a code. F8 and F9, and what must not count. */
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../../worker/domain/referrals/code.ts';
import { codeIn } from '../../../worker/domain/referrals/link.ts';
import { joinReferrals } from '../../../worker/domain/referrals/state.ts';
import { DAY, NOW } from '../given.ts';
import { CODE, Pair, referralTerms } from './pair.ts';

const OTHER = 'BBCDEFGHJKMNP';
const later = (days: number) => NOW + days * DAY;
const COMPLETED = { friend: ['completed', 50], referrer: ['completed', 100] };
const NONE = { friend: [null, 0], referrer: [null, 0] };
const link = (code: string) => `https://shop.example/?utm=x&ref=${code}#top`;

describe('the code of a link', () => {
  it.each([
    [{ url: link(CODE) }, CODE],
    [{ search: `?ref=${CODE.toLowerCase()}` }, CODE],
    [{ landing_site: `/p/1?ref=${CODE}` }, CODE],
    [{ referral_code: 'abcd-efgh-jkmnp' }, CODE],
    [{ ref: CODE }, CODE],
    [{ url: `https://shop.example/ref=${CODE}` }, null],
    [{ url: 'https://shop.example/?ref=newsletter' }, null],
    [{ url: `https://shop.example/?ref=${CODE}${'x'.repeat(3_000)}` }, null],
    [{ url: 5, ref: null, search: {} }, null],
    [{}, null],
  ])('is read from %j', (properties, code) => {
    expect(codeIn(properties)).toBe(code);
  });
});

describe('F9: the first order of a friend who claimed nothing', () => {
  it('counts for whoever’s link they followed, within its days', () => {
    const pair = new Pair(referralTerms({ claimWithinDays: 30 }));
    pair.visit(link(CODE), NOW);
    pair.order(8_000, later(30));
    expect(pair.standing).toEqual(COMPLETED);
    expect(pair.told).toEqual({
      friend: ['Referral Started', 'Referral Completed'],
      referrer: ['Referral Started', 'Referral Completed'],
    });
  });

  it('counts for nobody once the link is too old', () => {
    const pair = new Pair(referralTerms({ claimWithinDays: 30 }));
    pair.visit(link(CODE), NOW);
    pair.order(8_000, later(31));
    expect(pair.standing).toEqual(NONE);
  });

  it('counts for whoever’s code it names', () => {
    const pair = new Pair(referralTerms());
    pair.order(8_000, NOW, 'o1', { codes: ['SPRING', 'abcd efgh jkmnp'] });
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('goes by the code that it names rather than by a link', () => {
    const pair = new Pair(referralTerms());
    pair.referrers.set(OTHER, []);
    pair.visit(link(OTHER), NOW);
    pair.order(8_000, later(1), 'o1', { codes: [CODE] });
    expect(pair.received?.code).toBe(CODE);
  });

  it('waits its days, and is cancelled with the order', () => {
    const pair = new Pair(referralTerms({ waitingDays: 14 }));
    pair.order(8_000, NOW, 'o1', { codes: [CODE] });
    expect(pair.standing).toEqual({ friend: ['pending', 0], referrer: ['pending', 0] });
    pair.back(null, later(3));
    pair.due(later(20));
    expect(pair.standing).toEqual({ friend: ['cancelled', 0], referrer: ['cancelled', 0] });
  });

  it('that is too small leaves it pending, and the next one completes it', () => {
    const pair = new Pair(referralTerms({ minimumMinor: 5_000 }));
    pair.order(4_000, NOW, 'o1', { codes: [CODE] });
    expect(pair.standing).toEqual({ friend: ['pending', 0], referrer: ['pending', 0] });
    pair.order(6_000, later(1), 'o2');
    expect(pair.standing).toEqual(COMPLETED);
  });

  it('INV-2: counts once, however often it is told', () => {
    const pair = new Pair(referralTerms());
    for (const at of [NOW, later(1), later(2)]) pair.order(8_000, at, 'o1', { codes: [CODE] });
    expect(pair.standing).toEqual(COMPLETED);
  });
});

describe('F8: of several links', () => {
  it.each([
    ['last', OTHER],
    ['first', CODE],
  ] as const)('the %s counts, as the shop says', (attribution, code) => {
    const pair = new Pair(referralTerms({ attribution }));
    pair.referrers.set(OTHER, []);
    pair.visit(link(CODE), NOW);
    pair.visit(link(OTHER), later(1));
    pair.visit('https://shop.example/cart', later(2));
    pair.order(8_000, later(3));
    expect(pair.received?.code).toBe(code);
  });

  it('the first counts no longer than its days, and one that is told late changes nothing', () => {
    const pair = new Pair(referralTerms({ attribution: 'first', claimWithinDays: 30 }));
    pair.visit(link(CODE), NOW);
    pair.visit(link(OTHER), later(31));
    expect(pair.friend.head?.loyalty.referral?.link?.code).toBe(OTHER);
  });

  it('the last of both counts where two turn out to be one', () => {
    const [one, other] = [{ link: { code: CODE, atMs: 1 } }, { link: { code: OTHER, atMs: 2 } }];
    expect([joinReferrals(one, other), joinReferrals(other, one)]).toEqual([other, other]);
  });
});

describe('nothing comes of', () => {
  it('a claim’s rival: who claimed by e-mail is that one’s friend, whatever they follow or name later', () => {
    const pair = new Pair(referralTerms());
    pair.referrers.set(OTHER, []);
    pair.claim(NOW);
    pair.visit(link(OTHER), later(1));
    pair.order(8_000, later(2), 'o1', { codes: [OTHER] });
    expect([pair.received?.code, pair.standing]).toEqual([CODE, COMPLETED]);
  });

  it('a code that nobody has, and the one of their own', () => {
    const pair = new Pair(referralTerms());
    const own = codeOf('c');
    pair.visit(link(OTHER), NOW);
    pair.order(8_000, later(1), 'o1', { codes: [own] });
    expect(pair.standing).toEqual(NONE);
  });

  it('F2: a later order, of somebody who bought before', () => {
    const pair = new Pair(referralTerms());
    pair.order(8_000, NOW, 'o1');
    pair.visit(link(CODE), later(1));
    pair.order(8_000, later(2), 'o2', { codes: [CODE] });
    expect(pair.standing).toEqual(NONE);
  });

  it('F1: an order by the code of somebody who is the same person', () => {
    const pair = new Pair(referralTerms());
    pair.referrers.set(CODE, ['self']);
    pair.order(8_000, NOW, 'o1', { codes: [CODE] });
    expect(pair.standing).toEqual({ friend: ['blocked', 0], referrer: ['blocked', 0] });
  });

  it('a link in a shop without referrals: it is not even remembered', () => {
    const pair = new Pair(referralTerms());
    const { referrals: _, ...programme } = pair.friend.terms.programme;
    pair.friend.terms = { ...pair.friend.terms, programme };
    pair.visit(link(CODE), NOW);
    expect(pair.friend.head?.loyalty).toEqual({});
  });
});
