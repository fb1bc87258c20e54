/** Referrals over the API: the claim, the order, both rewards, and everything that must not pay. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  completed,
  order,
  type ReferralShop,
  referralShop,
  referrer,
  refund,
  type Somebody,
  settled,
  side,
  somebody,
  statusOf,
} from './referral-shop.ts';
import { call, eventually, newUser, track } from './shop.ts';

const DAY = 86_400_000;
const NOT_FOR_YOU = { key: 'conflict', detail: 'This offer cannot be claimed.' };

const advance = (shop: ReferralShop, by: string) => shop.admin('POST', '/admin/v1/clock', { by });

afterEach(() => {
  vi.useRealTimers();
});

/** Most tests share a shop: their people are their own. */
let shared: Promise<ReferralShop> | null = null;
function plain(): Promise<ReferralShop> {
  shared ??= referralShop();
  return shared;
}

/** A referrer and a friend who has claimed. */
async function claimed(
  shop: ReferralShop,
  friend = somebody(),
): Promise<{ by: Somebody & { code: string }; friend: Somebody }> {
  const by = await referrer(shop);
  expect((await shop.claim(by.code, friend.email)).body.status).toBe('pending');
  return { by, friend };
}

const atEmail = ({ email }: Somebody) => `email:${email}`;

describe('a referral', () => {
  it('is completed by the friend’s first order, and pays both', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    await settled(shop, by, atEmail(friend));
    await order(shop, friend);
    const done = await completed(shop, by, friend.ref);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
    expect(done.by.events).toEqual(['Referral Started', 'Referral Completed']);
    expect(done.friend.events).toEqual(['Referral Started', 'Referral Completed']);
    expect(done.by.referrals).toMatchObject({ completed: 1, items: [{ status: 'completed', points: 100 }] });
  });

  it('F9: counts without any code, for whoever the e-mail belongs to, also where they turn out to be a customer', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    // somebody signs up first, and is known by the e-mail only with the order
    await shop.batch(track(friend.user, 'Signed Up'));
    await order(shop, friend);
    expect((await completed(shop, by, friend.ref)).friend.balance).toBe(50);
  });

  it('leads by an old code to whoever the referrer turned out to be', async () => {
    const shop = await plain();
    const [by, survivor, friend] = [await referrer(shop), await referrer(shop), somebody()];
    await shop.admin('POST', `/admin/v1/customers/${by.ref}/merge`, { into: survivor.ref });
    expect((await shop.claim(by.code.toLowerCase(), friend.email)).status).toBe(200);
    await order(shop, friend);
    expect((await completed(shop, survivor, friend.ref)).by.balance).toBe(100);
  });

  it('tells each side its own properties, and nobody who the other is', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    const orderId = await order(shop, friend);
    await completed(shop, by, friend.ref);
    const rows = async (ref: string) => {
      const { items } = (await shop.admin('GET', `/admin/v1/customers/${ref}/timeline?limit=50`)).body;
      return items.find((row: { name: string }) => row.name === 'Referral Completed').properties;
    };
    const [ofReferrer, ofFriend] = [await rows(by.ref), await rows(friend.ref)];
    const common = { referral_id: expect.any(String), code: by.code, status: 'completed', reason: null, reasons: [] };
    const started_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(ofReferrer).toEqual({ ...common, started_at, role: 'referrer', points: 100, balance_after: 100 });
    expect(ofFriend).toEqual({
      ...common,
      started_at,
      role: 'friend',
      points: 50,
      balance_after: 50,
      order_id: orderId,
    });
  });
});

describe('a claim', () => {
  it.each([
    ['as it is', (email: string) => email],
    ['in capitals', (email: string) => email.toUpperCase()],
    ['with a tag', (email: string) => email.replace('@', '+friend@')],
    ['with dots that Gmail does not count', (email: string) => email.replace('u-', 'u.-.')],
    ['of Gmail by its other name', (email: string) => email.replace('gmail', 'googlemail')],
    ['with a dot behind it', (email: string) => `${email}.`],
    ['with a space behind it', (email: string) => `${email} `],
  ])('F1: with the referrer’s own e-mail %s is blocked', async (_, spelled) => {
    const shop = await plain();
    const who = somebody();
    const by = await referrer(shop, { ...who, email: `${who.user}@gmail.com` });
    const { status, body } = await shop.claim(by.code, spelled(by.email));
    expect([status, body]).toEqual([409, expect.objectContaining(NOT_FOR_YOU)]);
    expect((await side(shop, by.ref)).events).not.toContain('Referral Started');
  });

  it('F1: is judged by the mailbox that an address of the referrer stands for', async () => {
    const shop = await plain();
    const who = somebody();
    const by = await referrer(shop, { ...who, email: `${who.user}+shop@example.com` });
    expect((await shop.claim(by.code, who.email)).body).toMatchObject(NOT_FOR_YOU);
    expect((await side(shop, by.ref)).referrals).toMatchObject({ received: [], items: [] });
  });

  it('F2: of somebody who bought as a guest is blocked, in the words of every other refusal', async () => {
    const shop = await plain();
    const [by, friend] = [await referrer(shop), somebody()];
    const guest = { type: 'track', event: 'Order Completed', anonymousId: newUser(), messageId: newUser() };
    const properties = { order_id: `g-${friend.user}`, subtotal: 10, total: 10, currency: 'EUR' };
    await shop.batch({ ...guest, properties, context: { traits: { email: friend.email } } });
    const refused = await shop.claim(by.code, friend.email.replace('@', '+new@'));
    expect([refused.status, refused.body]).toEqual([409, expect.objectContaining(NOT_FOR_YOU)]);
    const both = await settled(shop, by, atEmail(friend));
    expect(both.friend.referrals.received[0]).toMatchObject({ status: 'blocked', reasons: ['known_customer'] });
    await order(shop, friend);
    expect((await side(shop, by.ref)).balance).toBe(0);
  });

  it('F3: from the referrer’s own browser is blocked', async () => {
    const shop = await plain();
    const [by, friend, anonymousId] = [await referrer(shop), somebody(), newUser()];
    await shop.batch(track(by.user, 'X', {}, { anonymousId }));
    expect((await shop.claim(by.code, friend.email, { anonymousId })).body).toMatchObject(NOT_FOR_YOU);
    const both = await settled(shop, by, atEmail(friend));
    expect(both.by.referrals.items[0]).toMatchObject({ status: 'blocked', reasons: ['same_browser'] });
    expect((await shop.claim(by.code, somebody().email, { anonymousId: newUser() })).status).toBe(200);
  });

  it('F3: that is the eleventh of one address within a week waits for a look, by whichever links', async () => {
    const shop = await referralShop();
    const links = [(await referrer(shop)).code, (await referrer(shop)).code];
    const address = '203.0.113.9';
    const friends = Array.from({ length: 12 }, somebody);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const claim = async (at: number) => {
      // not faster than one address may
      vi.setSystemTime(Date.now() + 1_000);
      return (await shop.claim(links[at % 2] ?? '', friends[at]?.email ?? '', { address })).body.status;
    };
    const statuses: string[] = [];
    // the same friend again is no other one
    for (let at = 0; at < 11; at += 1) statuses.push(await claim(at), await claim(at));
    expect(statuses).toEqual([...Array(20).fill('pending'), 'held', 'held']);
    const held = await side(shop, `email:${friends[10]?.email}`);
    expect([held.events, held.referrals.received[0].reasons]).toEqual([['Referral Held'], ['address_velocity']]);
    vi.setSystemTime(Date.now() + 8 * DAY);
    expect(await claim(11)).toBe('pending');
  });

  it('is slowed down where one address makes many', async () => {
    const shop = await plain();
    const { code } = await referrer(shop);
    const address = '203.0.113.10';
    const answers = [1, 2, 3, 4].map(() => shop.claim(code, somebody().email, { address }));
    const slowed = (await Promise.all(answers)).filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThan(0);
    expect(Number(slowed[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('F4: twice gets the same answer and is one referral, also by another spelling of the e-mail', async () => {
    const shop = await referralShop({ friend: { kind: 'reward', reward: 'welcome' } }, {}, WELCOME);
    const { by, friend } = await claimed(shop);
    const first = await shop.claim(by.code, friend.email);
    expect(first.body).toMatchObject({
      gift: { kind: 'reward', name: 'Welcome' },
      code: expect.stringMatching(/.{10,}/),
    });
    expect((await shop.claim(by.code, friend.email)).body).toEqual(first.body);
    expect((await shop.claim(by.code, friend.email.replace('@', '+again@'))).body).toEqual(first.body);
    const both = await settled(shop, by, atEmail(friend));
    expect([both.by.referrals.items.length, both.friend.referrals.received.length]).toEqual([1, 1]);
    expect(both.friend.events).toEqual(['Referral Started']);
  });

  it('F4: INV-2: at the same time from many pages is one referral', async () => {
    const shop = await plain();
    const [by, friend] = [await referrer(shop), somebody()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => shop.claim(by.code, friend.email)));
    expect(new Set(answers.map(({ body }) => body.status))).toEqual(new Set(['pending']));
    const both = await settled(shop, by, atEmail(friend));
    expect(both.by.referrals.items).toHaveLength(1);
  });

  it.each([
    ['last', 0, 100],
    ['first', 100, 0],
  ])('F8: by two people’s links counts for the %s', async (attribution, first, second) => {
    const shop = await referralShop({ attribution });
    const { by, friend } = await claimed(shop);
    const other = await referrer(shop);
    expect((await shop.claim(other.code, friend.email)).body.status).toBe('pending');
    await settled(shop, attribution === 'last' ? other : by, atEmail(friend));
    await order(shop, friend);
    await completed(shop, attribution === 'last' ? other : by, friend.ref);
    const balances = [(await side(shop, by.ref)).balance, (await side(shop, other.ref)).balance];
    expect([balances, (await side(shop, friend.ref)).balance]).toEqual([[first, second], 50]);
    if (attribution === 'last')
      expect((await side(shop, by.ref)).events).toEqual(['Referral Started', 'Referral Cancelled']);
  });

  it('F8: comes too late once the link was followed more than thirty days ago', async () => {
    const shop = await plain();
    const by = await referrer(shop);
    const clicked = (days: number) => ({ clickedAtMs: Date.now() - days * DAY });
    const late = await shop.claim(by.code, somebody().email, clicked(31));
    expect([late.status, late.body.detail]).toEqual([409, 'The link is too old.']);
    expect((await shop.claim(by.code, somebody().email, clicked(29))).status).toBe(200);
  });

  it('is refused by a code that nobody has, by a shop without referrals, and by who has to buy first', async () => {
    const shop = await referralShop({ whoRefers: 'buyers' });
    const by = await referrer(shop);
    const codes = ['nonsense', '0123456789ABC', ''];
    const answers = await Promise.all(codes.map((code) => shop.claim(code, somebody().email)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400]);
    expect((await shop.claim(by.code, somebody().email)).body).toMatchObject(NOT_FOR_YOU);
    await order(shop, by);
    expect((await shop.claim(by.code, somebody().email)).status).toBe(200);
    await shop.admin('PUT', '/admin/v1/programme', { order: null });
    await eventually(async () => ((await shop.claim(by.code, somebody().email)).status === 404 ? true : null));
  });

  it('INV-14: with a field that breaks its rule is refused and changes nothing', async () => {
    const shop = await plain();
    const by = await referrer(shop);
    const wrong: [object, string][] = [
      [{ email: 'nobody' }, 'email'],
      [{ email: 5 }, 'email'],
      [{ email: null }, 'email'],
      [{ email: `${'x'.repeat(300)}@x.org` }, 'email'],
      [{ clickedAtMs: -1 }, 'clickedAtMs'],
      [{ clickedAtMs: 1.5 }, 'clickedAtMs'],
      [{ clickedAtMs: 1e21 }, 'clickedAtMs'],
      [{ clickedAtMs: '5' }, 'clickedAtMs'],
      [{ anonymousId: '' }, 'anonymousId'],
      [{ code: 'x'.repeat(41) }, 'code'],
      [{ friend: 'me' }, 'friend'],
    ];
    for (const [at, [said, field]] of wrong.entries()) {
      const body = { key: shop.keys.publishable, code: by.code, email: somebody().email, ...said };
      const answer = await call('POST', '/hub/v1/referrals/claims', body, { 'cf-connecting-ip': `192.0.2.${at}` });
      expect([said, answer.status, answer.body.errors[0].field]).toEqual([said, 400, field]);
    }
    expect((await side(shop, by.ref)).referrals.items).toEqual([]);
  });

  it('needs a publishable key, and a page of the shop', async () => {
    const shop = await referralShop();
    const by = await referrer(shop);
    const body = { key: shop.keys.secret, code: by.code, email: somebody().email };
    expect((await call('POST', '/hub/v1/referrals/claims', body)).status).toBe(403);
    expect((await call('POST', '/hub/v1/referrals/claims', { ...body, key: 'pk_x' })).status).toBe(401);
    await shop.admin('PATCH', '/admin/v1/shop', { origins: ['https://beans.example'] });
    const said = { ...body, key: shop.keys.publishable };
    await eventually(async () => {
      const answer = await call('POST', '/hub/v1/referrals/claims', said, { origin: 'https://evil.example' });
      return answer.body.key === 'origin_not_allowed' ? true : null;
    });
    const answer = await call('POST', '/hub/v1/referrals/claims', said, { origin: 'https://beans.example' });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, 'https://beans.example']);
  });
});

const WELCOME = {
  rewards: {
    rewards: [
      { id: 'welcome', name: 'Welcome', benefit: { kind: 'amount', amountMinor: 500 }, price: null },
      { id: 'thanks', name: 'Thanks', benefit: { kind: 'amount', amountMinor: 1_000 }, price: null },
    ],
  },
};

describe('an order', () => {
  it('F5: below the minimum after discounts leaves it pending, and a later one completes it', async () => {
    const shop = await referralShop({ minimumMinor: 5_000 });
    const { by, friend } = await claimed(shop);
    await order(shop, friend, 49.99, { discount: 30 });
    await order(shop, friend, 100, { subtotal: 40, shipping: 60 });
    expect(await statusOf(shop, friend)).toBe('pending');
    await order(shop, friend, 50);
    const done = await completed(shop, by, friend.ref);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
  });

  it('F6: INV-2: told twice, or again by other words, completes it once', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    const messageId = newUser();
    const orderId = await order(shop, friend, 80, { messageId });
    await order(shop, friend, 80, { messageId, order_id: orderId });
    await completed(shop, by, friend.ref);
    await order(shop, friend, 80, { order_id: orderId });
    await order(shop, friend, 80, { order_id: orderId, event: 'Order Updated' });
    await order(shop, friend, 90);
    const done = await completed(shop, by, friend.ref);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
    expect(done.by.events.filter((name) => name === 'Referral Completed')).toHaveLength(1);
  });

  it('of somebody who turns out to have bought before has somebody look at it', async () => {
    const shop = await plain();
    const old = somebody();
    await order(shop, old, 20);
    const { by, friend } = await claimed(shop);
    // the same person, who claimed by an e-mail the shop had not heard of
    await order(shop, { ...old, email: friend.email }, 80);
    const both = await settled(shop, by, old.ref);
    expect(both.friend.referrals.received[0]).toMatchObject({ status: 'held', reasons: ['other_orders'] });
    expect(both.by.balance).toBe(0);
  });
});

describe('a refund', () => {
  it('F7: while the order waits cancels it, and nobody ever gets anything', async () => {
    const shop = await referralShop({ waitingDays: 14 }, { mode: 'test' });
    const { by, friend } = await claimed(shop);
    await advance(shop, 'PT0S');
    const orderId = await order(shop, friend);
    await advance(shop, 'P13D');
    expect(await statusOf(shop, friend)).toBe('pending');
    await refund(shop, friend, orderId);
    await advance(shop, 'P30D');
    const both = await settled(shop, by, friend.ref);
    expect(both.friend.referrals.received[0]).toMatchObject({ status: 'cancelled', reasons: ['refunded'] });
    expect([both.by.balance, both.friend.balance]).toEqual([0, 0]);
    expect(both.by.events).toEqual(['Referral Started', 'Referral Cancelled']);
  });

  it('F7: of a part leaves it, where what is left is enough; the order completes it on its day', async () => {
    const shop = await referralShop({ waitingDays: 14, minimumMinor: 5_000 }, { mode: 'test' });
    const { by, friend } = await claimed(shop);
    const { nowMs } = (await advance(shop, 'PT0S')).body;
    const orderId = await order(shop, friend, 80);
    await refund(shop, friend, orderId, { total: 30 });
    const { completesAtMs } = (await side(shop, friend.ref)).referrals.received[0].order;
    expect(Math.abs(completesAtMs - nowMs - 14 * DAY)).toBeLessThanOrEqual(3_600_000);
    await shop.admin('POST', '/admin/v1/clock', { toMs: completesAtMs - 1 });
    expect(await statusOf(shop, friend)).toBe('pending');
    await shop.admin('POST', '/admin/v1/clock', { toMs: completesAtMs });
    expect((await completed(shop, by, friend.ref)).by.balance).toBe(100);
  });

  it('F5: that leaves less than the minimum has it wait for another order', async () => {
    const shop = await referralShop({ waitingDays: 14, minimumMinor: 5_000 }, { mode: 'test' });
    const { by, friend } = await claimed(shop);
    await advance(shop, 'PT0S');
    await refund(shop, friend, await order(shop, friend, 80), { total: 31 });
    await advance(shop, 'P20D');
    expect((await side(shop, friend.ref)).referrals.received[0]).toMatchObject({ status: 'pending', order: null });
    await order(shop, friend, 50);
    await advance(shop, 'P15D');
    expect((await completed(shop, by, friend.ref)).by.balance).toBe(100);
  });

  it('F7: after it was completed takes back what nobody used', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    const orderId = await order(shop, friend);
    await completed(shop, by, friend.ref);
    await refund(shop, friend, orderId);
    const both = await eventually(async () => {
      const now = await settled(shop, by, friend.ref);
      return now.by.referrals.items[0].status === 'cancelled' ? now : null;
    });
    expect([both.by.balance, both.friend.balance]).toEqual([0, 0]);
    expect(both.by.referrals).toMatchObject({ completed: 0, items: [{ flagged: false, points: 0 }] });
    expect(both.by.events).toEqual(['Referral Started', 'Referral Completed', 'Referral Cancelled']);
  });

  it('F7: after it was completed leaves what was used, and flags it on both sides', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    const orderId = await order(shop, friend);
    await completed(shop, by, friend.ref);
    const spent = { points: -60, reason: 'spent' };
    expect((await shop.admin('POST', `/admin/v1/customers/${by.ref}/points`, spent)).status).toBe(200);
    await refund(shop, friend, orderId);
    const both = await eventually(async () => {
      const now = await settled(shop, by, friend.ref);
      return now.by.referrals.items[0].flagged ? now : null;
    });
    expect(both.by.balance).toBe(40);
    expect(both.friend.referrals.received[0]).toMatchObject({ status: 'cancelled', flagged: true });
  });
});

describe('rewards instead of points', () => {
  it('come to the friend with the claim, to the referrer once it is completed, and the latter goes where it was not used', async () => {
    const gifts = { friend: { kind: 'reward', reward: 'welcome' }, referrer: { kind: 'reward', reward: 'thanks' } };
    const shop = await referralShop(gifts, {}, WELCOME);
    const [by, friend] = [await referrer(shop), somebody()];
    const { body } = await shop.claim(by.code, friend.email);
    const orderId = await order(shop, friend, 80, { coupon: body.code });
    const done = await completed(shop, by, friend.ref);
    const { voucher } = done.by.referrals.items[0];
    expect([voucher, body.code]).toEqual([expect.stringMatching(/.{10,}/), expect.not.stringMatching(voucher)]);
    await refund(shop, friend, orderId);
    await eventually(async () => {
      const { body: now } = await shop.admin('GET', `/admin/v1/customers/${by.ref}/timeline?limit=20`);
      return now.items.some((row: { name: string }) => row.name === 'Referral Cancelled') ? true : null;
    });
    const both = await settled(shop, by, friend.ref);
    expect(both.by.referrals.items[0]).toMatchObject({ status: 'cancelled', voucher: null, flagged: false });
  });
});

describe('a referrer', () => {
  it('F10: who takes no part any more gets nothing, and the friend keeps what is theirs', async () => {
    const members = { enrolment: 'automatic', exclude: { tags: ['staff'] } };
    const shop = await referralShop({}, {}, { members });
    const { by, friend } = await claimed(shop);
    await settled(shop, by, atEmail(friend));
    await shop.batch({ type: 'identify', userId: by.user, traits: { tags: 'staff' }, messageId: newUser() });
    await order(shop, friend);
    const both = await eventually(async () => {
      const now = await settled(shop, by, friend.ref);
      return now.friend.referrals.received[0].status === 'cancelled' ? now : null;
    });
    expect(both.friend.referrals.received[0].reasons).toEqual(['referrer_disabled']);
    expect([both.by.balance, both.friend.balance]).toEqual([0, 50]);
  });

  it('INV-7: who turns out to be the friend gets nothing', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    await settled(shop, by, atEmail(friend));
    await shop.admin('POST', `/admin/v1/customers/${atEmail(friend)}/merge`, { into: by.ref });
    await order(shop, { ...by, email: friend.email });
    const now = await eventually(async () => {
      const one = await side(shop, by.ref);
      return one.referrals.received[0].status === 'blocked' ? one : null;
    });
    expect([now.balance, now.referrals.received[0].reasons]).toEqual([0, ['self']]);
  });

  it('INV-7: of whom two were one all along pays once: the friend was brought by one of them', async () => {
    const shop = await referralShop({ waitingDays: 1 }, { mode: 'test' });
    const [one, two] = [await claimed(shop), await claimed(shop)];
    await advance(shop, 'PT0S');
    await order(shop, two.friend);
    await shop.admin('POST', `/admin/v1/customers/${atEmail(one.friend)}/merge`, { into: two.friend.ref });
    await advance(shop, 'P2D');
    const now = await side(shop, two.friend.ref);
    expect(now.referrals.received.map((received: { status: string }) => received.status).sort()).toEqual([
      'cancelled',
      'completed',
    ]);
    expect([now.balance, (await side(shop, one.by.ref)).balance, (await side(shop, two.by.ref)).balance]).toEqual([
      50, 0, 100,
    ]);
  });
});

describe('a look at it', () => {
  const verdict = (shop: ReferralShop, id: string, word: string, key = newUser()) =>
    shop.admin('POST', `/admin/v1/referrals/${id}/${word}`, undefined, { 'Idempotency-Key': key });

  async function blocked(shop: ReferralShop) {
    const [by, friend, anonymousId] = [await referrer(shop), somebody(), newUser()];
    await shop.batch(track(by.user, 'X', {}, { anonymousId }));
    await shop.claim(by.code, friend.email, { anonymousId });
    const { referrals } = await side(shop, atEmail(friend));
    return { by, friend, id: referrals.received[0].id as string };
  }

  it('F11: that unblocks it after the friend bought completes it, with both rewards', async () => {
    const shop = await plain();
    const { by, friend, id } = await blocked(shop);
    await order(shop, friend);
    expect(await statusOf(shop, friend)).toBe('blocked');
    const key = newUser();
    const answer = await verdict(shop, id, 'approve', key);
    expect([answer.status, answer.body.referral.id]).toEqual([200, id]);
    expect((await verdict(shop, id, 'approve', key)).headers.get('idempotent-replayed')).toBe('true');
    const done = await completed(shop, by, friend.ref);
    expect([done.by.balance, done.friend.balance]).toEqual([100, 50]);
    expect(done.friend.events).toEqual(['Referral Blocked', 'Referral Started', 'Referral Completed']);
    expect((await verdict(shop, id, 'approve')).body).toMatchObject({ key: 'conflict' });
  });

  it('F11: that unblocks it before leaves it pending, and the order completes it', async () => {
    const shop = await plain();
    const { by, friend, id } = await blocked(shop);
    expect((await verdict(shop, id, 'approve')).body.referral.status).toBe('pending');
    await order(shop, friend);
    expect((await completed(shop, by, friend.ref)).by.balance).toBe(100);
  });

  it('F11: that unblocks somebody who had bought before the claim completes it by that order', async () => {
    const shop = await plain();
    const [by, friend] = [await referrer(shop), somebody()];
    await order(shop, friend);
    expect((await shop.claim(by.code, friend.email)).status).toBe(409);
    const { referrals } = await side(shop, friend.ref);
    await verdict(shop, referrals.received[0].id, 'approve');
    expect((await completed(shop, by, friend.ref)).by.balance).toBe(100);
  });

  it('F11: that blocks it leaves the friend’s order without effect', async () => {
    const shop = await plain();
    const { by, friend } = await claimed(shop);
    const { referrals } = await side(shop, atEmail(friend));
    expect((await verdict(shop, referrals.received[0].id, 'block')).body.referral).toMatchObject({
      status: 'blocked',
      reasons: ['by_hand'],
    });
    await order(shop, friend);
    const both = await settled(shop, by, friend.ref);
    expect([both.by.balance, both.friend.balance, both.by.referrals.items[0].status]).toEqual([0, 0, 'blocked']);
  });

  it('is refused for a referral that nobody knows', async () => {
    const shop = await plain();
    const by = await referrer(shop);
    const ids = ['nonsense', `ref_${by.id}_00000000`, 'ref_0-00000000000000000000_00000000'];
    const answers = await Promise.all(ids.map((id) => verdict(shop, id, 'approve')));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});

it('F12: a referral without an order is forgotten on its day, and the friend hears nothing of it', async () => {
  const shop = await referralShop({ expiresAfterDays: 30 }, { mode: 'test' });
  const { nowMs } = (await advance(shop, 'PT0S')).body;
  const { by, friend } = await claimed(shop);
  await shop.admin('POST', '/admin/v1/clock', { toMs: nowMs + 30 * DAY - 1 });
  expect(await statusOf(shop, friend, atEmail(friend))).toBe('pending');
  await shop.admin('POST', '/admin/v1/clock', { toMs: nowMs + 30 * DAY });
  const both = await settled(shop, by, atEmail(friend));
  expect(both.friend.referrals.received[0].status).toBe('expired');
  expect([both.by.events, both.friend.events]).toEqual([
    ['Referral Started', 'Referral Expired'],
    ['Referral Started'],
  ]);
  await order(shop, friend);
  await advance(shop, 'P1D');
  expect((await side(shop, by.ref)).balance).toBe(0);
  // who was forgotten and bought since is a customer like any other
  expect((await shop.claim(by.code, friend.email)).status).toBe(409);
});
