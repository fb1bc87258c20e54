/** Vouchers and gift cards that a customer holds, in the object that keeps them: each use once, whatever runs at once. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { RecordAnswer } from '../../worker/customers/calls.ts';
import { Customers } from '../../worker/customers/customers.ts';
import { customersOf } from '../../worker/customers/stubs.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import type { Operation } from '../../worker/domain/operations.ts';
import type { Refusal } from '../../worker/domain/refusal.ts';
import type { HeldOperation, RedeemVouchers } from '../../worker/domain/vouchers/held-request.ts';
import { heldStatus } from '../../worker/domain/vouchers/held-status.ts';
import { STACKING } from '../../worker/domain/vouchers/stacking.ts';
import type { Redemption, Voucher } from '../../worker/domain/vouchers/voucher.ts';
import { campaign, cart, giftCard, giving, off, voucher as plain, rule } from '../domain/vouchers/offers.ts';
import { makeShop, newUser, type TestShop, track } from './shop.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const newId = () => crypto.randomUUID().replaceAll('-', '');
const keyed = (key = newId()) => ({ key, fingerprint: `print of ${key}` });
const euros = (amountMinor: number, orderId: string | null = null) => cart(amountMinor, { currency: 'EUR', orderId });

/** A wallet of a customer of its own, and short ways to it. */
class Wallet {
  readonly shop: TestShop;
  customer: string;

  constructor(shop: TestShop, customer = `a-${newId()}`) {
    this.shop = shop;
    this.customer = customer;
  }

  get #object() {
    return customersOf(env, this.shop.id, this.customer);
  }

  async record(...operations: Operation[]): Promise<RecordAnswer> {
    const inputs = operations.map((operation) => ({ kind: 'operation' as const, operation }));
    const groups = [{ customer: this.customer, known: true, inputs }];
    return this.#object.record({ shop: this.shop.id, version: 1, groups, waitMs: 0 });
  }

  async do(operation: Operation): Promise<{ row: JournalRow; refusal: Refusal | null; rows: number }> {
    const { groups, rowsWritten } = await this.record(operation);
    const told = groups[0]?.moved === null ? groups[0].answers[0] : undefined;
    if (told === undefined || !('row' in told) || told.row === null) throw new Error(JSON.stringify(groups));
    return { row: told.row, refusal: told.refusal, rows: rowsWritten };
  }

  /** Puts one there, and answers its id. */
  async hold(made: Partial<Voucher> = {}, more: Partial<Extract<HeldOperation, { op: 'hold_voucher' }>> = {}) {
    const id = `v_${newId()}`;
    const voucher = { ...plain(), id, code: id.toUpperCase(), ...made };
    const about = { holderOnly: true, publication: null, distribution: null, channel: null, metadata: {} };
    const { refusal } = await this.do({ op: 'hold_voucher', voucher, campaign: null, ...about, ...more, ...keyed() });
    expect(refusal).toBeNull();
    return voucher.id;
  }

  holdCard(balanceMinor: number) {
    const { benefit } = giftCard(balanceMinor);
    if (benefit.kind !== 'gift') throw new Error('no card');
    return this.hold({ limit: null, benefit: { ...benefit, gift: { ...benefit.gift, currency: 'EUR' } } });
  }

  redeeming(voucher: string, more: Partial<RedeemVouchers> & { creditsMinor?: number } = {}): RedeemVouchers {
    const { creditsMinor = null, ...input } = more;
    return { ...redeemOf([voucher], creditsMinor), ...input };
  }

  redeem(voucher: string, more: Parameters<Wallet['redeeming']>[1] = {}) {
    return this.do(this.redeeming(voucher, more));
  }

  rollBack(redemption: string, amountMinor: number | null = null, more: object = {}) {
    const redemptions = [{ redemption, rollback: `rr_${newId()}` }];
    const named = { reason: null, customer: null, orderId: null, stack: false };
    return this.do({ op: 'roll_back_vouchers', redemptions, amountMinor, ...named, ...keyed(), ...more });
  }

  async voucher(id: string): Promise<Voucher> {
    const told = await this.#object.voucher(this.customer, id);
    if (told === null || told.moved !== null || told.voucher === null) throw new Error('not there');
    return told.voucher;
  }

  async redemptions(id: string): Promise<Redemption[]> {
    const told = await this.#object.redemptionsOf(this.customer, id);
    if (told === null || told.moved !== null) throw new Error('not there');
    return told.redemptions;
  }

  async balance(id: string): Promise<number> {
    const { benefit } = await this.voucher(id);
    return benefit.kind === 'gift' ? benefit.gift.balanceMinor : 0;
  }

  async rows(): Promise<JournalRow[]> {
    return (await this.#object.timeline(this.customer, { limit: 100, before: null })).rows.reverse();
  }
}

function redeemOf(vouchers: string[], creditsMinor: number | null = null): RedeemVouchers {
  const named = (voucher: string) => ({ voucher, redemption: `r_${newId()}`, failed: `rf_${newId()}` });
  const plainUse = { campaign: null, rules: [], counts: {}, creditsMinor, referrer: null, settled: null };
  const asked = { asker: 'holder' as const, channel: null, metadata: {}, caller: { apiKey: null, login: null } };
  return {
    op: 'redeem_vouchers',
    uses: vouchers.map((voucher) => ({ ...plainUse, ...named(voucher) })),
    stacking: null,
    lockKey: null,
    parent: null,
    orderId: null,
    cart: euros(5_000),
    ...asked,
    ...keyed(),
  };
}

const lockOf = (voucher: string, lockKey: string, more: { ttlMs?: number; creditsMinor?: number } = {}) => {
  const { uses: _, stacking: __, parent: ___, orderId: ____, op: _____, ...asked } = redeemOf([voucher]);
  const use = { campaign: null, rules: [], counts: {}, creditsMinor: null, referrer: null };
  return { ...asked, ...use, op: 'lock_voucher' as const, voucher, ttlMs: 15 * MINUTE, ...more, lockKey };
};

const keyOf = (refusal: Refusal | null) =>
  refusal?.reason === 'voucher_refused' ? refusal.key : (refusal?.reason ?? null);

async function newWallet(about: object = {}): Promise<Wallet> {
  return new Wallet(await makeShop(about));
}

/** Rows that the object of a wallet has read. */
function readsOf({ shop, customer }: Wallet): Promise<number> {
  const object = env.CUSTOMERS.get(env.CUSTOMERS.idFromName(`customers:${shop.id}:${customer.split('-', 1)[0]}`));
  return runInDurableObject(object, (instance) => (instance instanceof Customers ? instance.rowsRead : -1));
}

describe('what it costs', () => {
  it('redeeming a held voucher or money of a gift card writes at most 6 rows', async () => {
    const wallet = await newWallet();
    const [code, card] = [await wallet.hold(), await wallet.holdCard(1_000)];
    expect((await wallet.redeem(code)).rows).toBe(6);
    expect((await wallet.redeem(card, { creditsMinor: 100 })).rows).toBe(6);
    expect((await wallet.rollBack((await wallet.redemptions(card))[0]?.id ?? '', 50)).rows).toBe(6);
  });

  it('holding one writes 5, locking and releasing 4 each, and a replay none', async () => {
    const wallet = await newWallet();
    const id = `v_${newId()}`;
    const about = { holderOnly: true, publication: 'pub_1', distribution: null, channel: null, metadata: {} };
    const hold = { op: 'hold_voucher' as const, voucher: plain({ id }), campaign: null, ...about, ...keyed() };
    await wallet.hold();
    const first = await wallet.do(hold);
    expect(first.rows).toBe(5);
    expect((await wallet.do(lockOf(id, 'mine'))).rows).toBe(4);
    expect((await wallet.do({ op: 'release_voucher', voucher: id, lockKey: 'mine', ...keyed() })).rows).toBe(4);
    expect(await wallet.do(hold)).toEqual({ ...first, rows: 0 });
  });

  it('reads the same of it at 10 and at 3,000 earlier redemptions', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(1_000_000);
    const readsAfter = async (times: number) => {
      await wallet.record(...Array.from({ length: times }, () => wallet.redeeming(card, { creditsMinor: 1 })));
      const reads: number[] = [];
      for (let round = 0; round < 8; round += 1) {
        const before = await readsOf(wallet);
        await wallet.redeem(card, { creditsMinor: 1 });
        reads.push((await readsOf(wallet)) - before);
      }
      // D1 is told of some of it in between
      return Math.min(...reads);
    };
    const few = await readsAfter(10);
    expect(await readsAfter(3_000)).toBe(few);
  });
});

describe('a gift card', () => {
  it('cases 6, 7, 8: pays at most what is on it and what the order is, and refuses more than there is', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(2_500);
    expect((await wallet.redeem(card, { creditsMinor: 1_800 })).refusal).toBeNull();
    const second = await wallet.redeem(card, { creditsMinor: 1_800 });
    expect([keyOf(second.refusal), await wallet.balance(card)]).toEqual(['gift_amount_exceeded', 700]);
    expect((await wallet.redeem(card, { cart: euros(300), creditsMinor: 700 })).refusal).toBeNull();
    expect((await wallet.redeem(card)).refusal).toBeNull();
    const told = await wallet.redemptions(card);
    expect(told.map(({ creditsMinor, failure }) => [creditsMinor, failure?.key ?? null])).toEqual([
      [1_800, null],
      [1_800, 'gift_amount_exceeded'],
      [300, null],
      [400, null],
    ]);
    expect((await wallet.rows()).map(({ name }) => name)).toEqual([
      'Voucher Published',
      'Voucher Redeemed',
      'Voucher Redemption Failed',
      'Voucher Redeemed',
      'Voucher Redeemed',
    ]);
  });

  it('9, INV-5: with 7.00 left, of 20 spends of 1.00 at once 7 win, and the ledger adds up', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(700);
    const told = await Promise.all(Array.from({ length: 20 }, () => wallet.redeem(card, { creditsMinor: 100 })));
    expect(told.filter(({ refusal }) => refusal === null)).toHaveLength(7);
    expect(await wallet.balance(card)).toBe(0);
    const spent = (await wallet.redemptions(card)).filter(({ failure }) => failure === null);
    expect(spent.reduce((sum, { creditsMinor }) => sum + (creditsMinor ?? 0), 0)).toBe(700);
  });

  it('case 15: goes back in parts, never more than was paid', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(2_500);
    await wallet.redeem(card, { creditsMinor: 1_800 });
    const [paid] = await wallet.redemptions(card);
    const told = [];
    for (const amount of [500, 500, 900]) told.push(keyOf((await wallet.rollBack(paid?.id ?? '', amount)).refusal));
    expect([told, await wallet.balance(card)]).toEqual([[null, null, 'invalid_amount'], 1_700]);
    expect((await wallet.rollBack(paid?.id ?? '')).refusal).toBeNull();
    expect(await wallet.balance(card)).toBe(2_500);
  });

  it('is credited and debited by hand, and says so once', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(500);
    const credit = (amountMinor: number, key = newId()) =>
      wallet.do({
        op: 'credit_voucher',
        voucher: card,
        credit: `vtx_${key}`,
        amountMinor,
        reason: 'late',
        source: null,
        ...keyed(key),
      });
    const [first, again] = [await credit(250, 'k'), await credit(250, 'k')];
    expect(again.row).toEqual(first.row);
    expect(first.row).toMatchObject({
      name: 'Gift Card Credited',
      about: { properties: { amount_minor: 250, balance_minor: 750 } },
    });
    expect(keyOf((await credit(-751)).refusal)).toBe('invalid_balance');
    expect((await credit(-750)).refusal).toBeNull();
    expect(await wallet.balance(card)).toBe(0);
    const told = await customersOf(env, wallet.shop.id, wallet.customer).redemptionsOf(wallet.customer, card);
    if (told === null || told.moved !== null) throw new Error('not there');
    expect(told.credits.map(({ amountMinor }) => amountMinor).sort()).toEqual([-750, 250]);
  });
});

describe('a use', () => {
  it('1, 2, INV-5: of a code for three is had by three, however many ask at once', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold({ limit: 3 });
    const told = await Promise.all(Array.from({ length: 20 }, () => wallet.redeem(code)));
    expect(told.filter(({ refusal }) => refusal === null)).toHaveLength(3);
    expect(new Set(told.map(({ refusal }) => keyOf(refusal)))).toEqual(new Set([null, 'quantity_exceeded']));
    expect((await wallet.voucher(code)).redeemed).toBe(3);
  });

  it('3, INV-2: asked for again under its key is had once', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold({ limit: null });
    const asked = wallet.redeeming(code);
    const told = await Promise.all([1, 2, 3].map(() => wallet.do(asked)));
    expect(told[1]?.row).toEqual(told[0]?.row);
    expect((await wallet.voucher(code)).redeemed).toBe(1);
    const { groups } = await wallet.record({ ...asked, fingerprint: 'another' });
    expect(groups).toEqual([{ moved: null, answers: [{ verdict: 'mismatch' }] }]);
  });

  it('case 10: goes back once, in turn or 20 times at once', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold({ limit: 5 });
    await wallet.record(wallet.redeeming(code), wallet.redeeming(code));
    const [first] = await wallet.redemptions(code);
    const told = await Promise.all(Array.from({ length: 20 }, () => wallet.rollBack(first?.id ?? '')));
    expect(told.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    expect(told.filter(({ refusal }) => keyOf(refusal) === 'already_rolled_back')).toHaveLength(19);
    expect((await wallet.voucher(code)).redeemed).toBe(1);
  });

  it('11, INV-5: freed by a rollback is had once by whoever comes first', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold({ limit: 1 });
    await wallet.redeem(code);
    const [first] = await wallet.redemptions(code);
    const told = await Promise.all([
      wallet.rollBack(first?.id ?? ''),
      ...Array.from({ length: 9 }, () => wallet.redeem(code)),
    ]);
    const won = told.slice(1).filter(({ refusal }) => refusal === null).length;
    expect((await wallet.voucher(code)).redeemed).toBe(won);
    expect(won).toBeLessThanOrEqual(1);
  });

  it('case 13: goes back after the voucher ended or was switched off, and the code stays unusable', async () => {
    const wallet = await newWallet({ mode: 'test' });
    const now = Date.now();
    const [ended, off] = [await wallet.hold({ endsAtMs: now + DAY }), await wallet.hold()];
    for (const code of [ended, off]) await wallet.redeem(code);
    await wallet.do({ op: 'change_voucher', voucher: off, change: { active: false }, ...keyed() });
    expect((await wallet.shop.admin('POST', '/admin/v1/clock', { toMs: now + 2 * DAY })).status).toBeLessThan(300);
    for (const code of [ended, off]) {
      const [used] = await wallet.redemptions(code);
      expect((await wallet.rollBack(used?.id ?? '')).refusal).toBeNull();
    }
    expect(keyOf((await wallet.redeem(ended)).refusal)).toBe('voucher_expired');
    expect(keyOf((await wallet.redeem(off)).refusal)).toBe('voucher_disabled');
    // what ended while it was used is not told afterwards
    expect((await wallet.rows()).filter(({ name }) => name === 'Voucher Expired')).toEqual([]);
  });

  it('case 29: is the holder’s alone, and of nobody without a name', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold();
    const thief = { id: 'thief', segments: [], tier: null, traits: {}, orders: 0 };
    expect(keyOf((await wallet.redeem(code, { asker: thief })).refusal)).toBe('customer_rules_violated');
    expect(keyOf((await wallet.redeem(code, { asker: null })).refusal)).toBe('missing_customer');
    expect((await wallet.redeem(code)).refusal).toBeNull();
  });

  it('case 27: is given to a customer once', async () => {
    const wallet = await newWallet();
    const id = await wallet.hold();
    const about = { holderOnly: true, publication: null, distribution: null, channel: null, metadata: {} };
    const again = { op: 'hold_voucher' as const, voucher: plain({ id }), campaign: null, ...about, ...keyed() };
    expect(keyOf((await wallet.do(again)).refusal)).toBe('voucher_already_published');
  });

  it('is limited by customer over all codes of its campaign that they hold', async () => {
    const wallet = await newWallet();
    const summer = campaign({ limitPerCustomer: 2 });
    const codes = [];
    for (let code = 0; code < 3; code += 1)
      codes.push(await wallet.hold({ campaign: summer.id }, { campaign: summer }));
    const told = [];
    for (const code of codes) {
      const asked = wallet.redeeming(code);
      const uses = asked.uses.map((use) => ({ ...use, campaign: summer }));
      told.push(keyOf((await wallet.do({ ...asked, uses })).refusal));
    }
    expect(told).toEqual([null, null, 'quantity_exceeded']);
    const [first] = await wallet.redemptions(codes[0] ?? '');
    await wallet.rollBack(first?.id ?? '');
    const asked = wallet.redeeming(codes[2] ?? '');
    expect(
      (await wallet.do({ ...asked, uses: asked.uses.map((use) => ({ ...use, campaign: summer })) })).refusal,
    ).toBeNull();
  });

  it('is held against rules with what the object knows of the customer', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Came'));
    const wallet = new Wallet(shop, (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id);
    const code = await wallet.hold({ limit: null });
    const first = (key = newId()) => {
      const asked = wallet.redeeming(code);
      const uses = asked.uses.map((use) => ({ ...use, rules: [rule({ kind: 'first_order' })] }));
      return wallet.do({ ...asked, uses, ...keyed(key) });
    };
    expect((await first()).refusal).toBeNull();
    const order = { order_id: newId(), total: 20, subtotal: 20, currency: 'EUR' };
    await shop.batch(track(user, 'Order Completed', order));
    expect(keyOf((await first()).refusal)).toBe('customer_rules_violated');
    await shop.batch(track(user, 'Order Cancelled', order));
    expect((await first()).refusal).toBeNull();
  });

  it('goes back once with the order that is cancelled or refunded in full, and is told with it', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Came'));
    const wallet = new Wallet(shop, (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id);
    const [code, card] = [await wallet.hold(), await wallet.holdCard(1_000)];
    const orderId = newId();
    await wallet.redeem(code, { cart: euros(2_000, orderId) });
    await wallet.redeem(card, { cart: euros(1_500, orderId), creditsMinor: 600 });
    const order = { order_id: orderId, total: 9, subtotal: 9, currency: 'EUR' };
    await shop.batch(track(user, 'Order Completed', order));
    await shop.batch(track(user, 'Order Refunded', { order_id: orderId, refund_id: 'part', total: 4 }));
    expect([(await wallet.voucher(code)).redeemed, await wallet.balance(card)]).toEqual([1, 400]);
    await shop.batch(track(user, 'Order Cancelled', order), track(user, 'Order Refunded', { order_id: orderId }));
    expect([(await wallet.voucher(code)).redeemed, await wallet.balance(card)]).toEqual([0, 1_000]);
    const back = (await wallet.rows()).filter(({ name }) => name === 'Voucher Rolled Back');
    expect(back.map((row) => row.orderId)).toEqual([orderId, orderId]);
  });
});

describe('a lock', () => {
  it('cases 19, 20, 22: keeps the use for its key, is overwritten by it, and released once', async () => {
    const wallet = await newWallet();
    const code = await wallet.hold();
    for (const ttlMs of [MINUTE, 15 * MINUTE]) await wallet.do(lockOf(code, 'a', { ttlMs }));
    expect((await wallet.voucher(code)).locks).toHaveLength(1);
    expect(heldStatus(await wallet.voucher(code), Date.now())).toBe('locked');
    for (const lockKey of [null, 'b'])
      expect(keyOf((await wallet.redeem(code, { lockKey })).refusal)).toBe('quantity_exceeded');
    const release = () => wallet.do({ op: 'release_voucher', voucher: code, lockKey: 'a', ...keyed() });
    expect((await release()).refusal).toBeNull();
    expect(keyOf((await release()).refusal)).toBe('not_found');
    await wallet.do(lockOf(code, 'a'));
    expect((await wallet.redeem(code, { lockKey: 'a' })).refusal).toBeNull();
    expect((await wallet.voucher(code)).locks).toEqual([]);
  });

  it('case 23: of 10.00 on a card of 25.00 leaves 15.00 to others', async () => {
    const wallet = await newWallet();
    const card = await wallet.holdCard(2_500);
    await wallet.do(lockOf(card, 'a', { creditsMinor: 1_000 }));
    expect(keyOf((await wallet.redeem(card, { creditsMinor: 2_000 })).refusal)).toBe('gift_amount_exceeded');
    expect((await wallet.redeem(card, { creditsMinor: 1_500 })).refusal).toBeNull();
    expect((await wallet.redeem(card, { creditsMinor: 1_000, lockKey: 'a' })).refusal).toBeNull();
  });

  it('case 21: ends to the millisecond, and then its key is worth nothing', async () => {
    const wallet = await newWallet({ mode: 'test' });
    const start = Date.now() + DAY;
    const to = (ms: number) => wallet.shop.admin('POST', '/admin/v1/clock', { toMs: ms });
    await to(start);
    const code = await wallet.hold();
    await wallet.do(lockOf(code, 'a', { ttlMs: 1_000 }));
    await to(start + 999);
    expect(keyOf((await wallet.redeem(code)).refusal)).toBe('quantity_exceeded');
    await to(start + 1_000);
    expect((await wallet.redeem(code)).refusal).toBeNull();
    expect(keyOf((await wallet.redeem(code, { lockKey: 'a' })).refusal)).toBe('quantity_exceeded');
  });
});

describe('several for one order', () => {
  const stacked = (wallet: Wallet, ...vouchers: string[]) =>
    wallet.do({ ...redeemOf(vouchers), stacking: STACKING, parent: `r_${newId()}`, cart: euros(1_050) });

  it('case 31: are redeemed together or not at all', async () => {
    const wallet = await newWallet();
    const [card, code, over] = [await wallet.holdCard(100), await wallet.hold({ category: 'c' }), await wallet.hold()];
    await wallet.do({ op: 'change_voucher', voucher: over, change: { active: false }, ...keyed() });
    expect(keyOf((await stacked(wallet, card, over)).refusal)).toBe('voucher_disabled');
    expect(await wallet.balance(card)).toBe(100);
    const { refusal, row } = await stacked(wallet, card, code);
    expect(refusal).toBeNull();
    expect(row.about.properties).toMatchObject({ amount_minor: 1_050, discount_minor: 600, total_minor: 450 });
    expect([await wallet.balance(card), (await wallet.voucher(code)).redeemed]).toEqual([0, 1]);
    const parents = [...(await wallet.redemptions(card)), ...(await wallet.redemptions(code))].map(
      ({ parent }) => parent,
    );
    expect(new Set(parents.filter((parent) => parent === parents[1])).size).toBe(1);
  });

  it('case 12: goes back as one, and a child of it never alone', async () => {
    const wallet = await newWallet();
    const [card, code] = [await wallet.holdCard(100), await wallet.hold({ category: 'c' })];
    await stacked(wallet, card, code);
    const made = [...(await wallet.redemptions(card)), ...(await wallet.redemptions(code))].map(({ id }) => id);
    expect(keyOf((await wallet.rollBack(made[0] ?? '')).refusal)).toBe('invalid_redemption_parent');
    const redemptions = made.map((redemption) => ({ redemption, rollback: `rr_${newId()}` }));
    expect((await wallet.rollBack('', null, { redemptions, stack: true })).refusal).toBeNull();
    expect([await wallet.balance(card), (await wallet.voucher(code)).redeemed]).toEqual([100, 0]);
  });
});

describe('time', () => {
  it('INV-9: a holder is told that a voucher runs out and that it did, at exactly the instants, however late', async () => {
    const wallet = await newWallet({ mode: 'test' });
    const programme = { order: null, rewards: { rewards: [], noticeDays: 3 } };
    expect((await wallet.shop.admin('PUT', '/admin/v1/programme', programme)).status).toBe(200);
    const start = Date.now() + DAY;
    const to = (ms: number) => wallet.shop.admin('POST', '/admin/v1/clock', { toMs: ms });
    await to(start);
    const end = start + 10 * DAY + 1;
    const code = await wallet.hold({ endsAtMs: end });
    await to(end + 90 * DAY);
    const told = (await wallet.rows()).slice(1);
    expect(told.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['Voucher Expiring', end - 3 * DAY],
      ['Voucher Expired', end],
    ]);
    expect(told[0]?.about.properties).toMatchObject({ voucher_id: code, expires_at: new Date(end).toISOString() });
    expect(heldStatus(await wallet.voucher(code), end - 1)).toBe('available');
    expect(heldStatus(await wallet.voucher(code), end)).toBe('expired');
  });

  it('another end is told anew, and one that is taken away never', async () => {
    const wallet = await newWallet({ mode: 'test' });
    const start = Date.now() + DAY;
    const to = (ms: number) => wallet.shop.admin('POST', '/admin/v1/clock', { toMs: ms });
    await to(start);
    const [moved, gone] = [await wallet.hold({ endsAtMs: start + DAY }), await wallet.hold({ endsAtMs: start + DAY })];
    await wallet.do({ op: 'change_voucher', voucher: moved, change: { endsAtMs: start + 3 * DAY }, ...keyed() });
    await wallet.do({ op: 'remove_voucher', voucher: gone, ...keyed() });
    await to(start + 5 * DAY);
    const told = (await wallet.rows()).filter(({ kind }) => kind === 'voucher.expired');
    expect(told.map(({ atMs, about }) => [atMs, about.voucher])).toEqual([[start + 3 * DAY, moved]]);
    expect(keyOf((await wallet.redeem(gone)).refusal)).toBe('not_found');
  });
});

describe('of a customer who turned out to be another one', () => {
  it('everything comes along: vouchers, uses that were made, limits, and what is due', async () => {
    const shop = await makeShop();
    const [loser, survivor] = [newUser(), newUser()];
    await shop.batch(track(loser, 'A'), track(survivor, 'B'));
    const idOf = async (user: string) => (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
    const [from, into] = [new Wallet(shop, await idOf(loser)), new Wallet(shop, await idOf(survivor))];
    const summer = campaign({ limitPerCustomer: 2 });
    const limited = (wallet: Wallet, code: string) => {
      const asked = wallet.redeeming(code);
      return wallet.do({ ...asked, uses: asked.uses.map((use) => ({ ...use, campaign: summer })) });
    };
    const ends = { endsAtMs: Date.now() + DAY, campaign: summer.id };
    const mine = await into.hold({ campaign: summer.id }, { campaign: summer });
    const [used, fresh] = [await from.hold(ends, { campaign: summer }), await from.hold(ends, { campaign: summer })];
    const card = await from.holdCard(900);
    await limited(from, used);
    await from.redeem(card, { creditsMinor: 200 });
    await shop.admin('POST', `/admin/v1/customers/user:${loser}/merge`, { into: `user:${survivor}` });
    expect(await into.voucher(fresh)).toMatchObject({ holder: into.customer, endsAtMs: ends.endsAtMs });
    expect(await customersOf(env, shop.id, from.customer).wallet(from.customer, Date.now())).toEqual({
      moved: into.customer,
    });
    expect((await limited(into, fresh)).refusal).toBeNull();
    expect(keyOf((await limited(into, mine)).refusal)).toBe('quantity_exceeded');
    const [paid] = await into.redemptions(card);
    expect((await into.rollBack(paid?.id ?? '')).refusal).toBeNull();
    expect(await into.balance(card)).toBe(900);
  });

  it('more than one call carries comes along, each once', async () => {
    const shop = await makeShop();
    const [loser, survivor] = [newUser(), newUser()];
    await shop.batch(track(loser, 'A'), track(survivor, 'B'));
    const idOf = async (user: string) => (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id;
    const [from, into] = [new Wallet(shop, await idOf(loser)), new Wallet(shop, await idOf(survivor))];
    const card = await from.holdCard(100_000);
    await from.record(...Array.from({ length: 1_200 }, () => from.redeeming(card, { creditsMinor: 1 })));
    await shop.admin('POST', `/admin/v1/customers/user:${loser}/merge`, { into: `user:${survivor}` });
    expect((await into.redemptions(card)).length).toBe(1_200);
    expect(await into.balance(card)).toBe(98_800);
  });

  it('a browser’s word moves nobody who holds one', async () => {
    const shop = await makeShop();
    const wallet = new Wallet(shop);
    await wallet.hold();
    const call = {
      shop: shop.id,
      version: 1,
      loser: wallet.customer,
      survivor: `a-${newId()}`,
      trust: 'browser' as const,
    };
    const left = await customersOf(env, shop.id, wallet.customer).leave({
      ...call,
      from: { seq: 0, orderId: '', holding: null },
    });
    expect(left).toEqual({ kind: 'refused' });
  });
});

describe('segments', () => {
  it('know what is held and usable, and when it was redeemed, as it is now', async () => {
    const shop = await makeShop();
    const user = newUser();
    await shop.batch(track(user, 'Came'));
    const count = (value: number) => ({ type: 'numeric', operator: 'equals', value });
    const make = (name: string, measurement: string) => {
      const conditions = [{ type: 'profile-vouchers', measurement, measurement_filter: count(1) }];
      return shop.admin('POST', '/admin/v1/segments', { name, definition: { condition_groups: [{ conditions }] } });
    };
    const [held, used] = [await make('Held', 'held'), await make('Used', 'redeemed')];
    expect([held.status, used.status]).toEqual([201, 201]);
    const wallet = new Wallet(shop, (await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.id);
    const inside = async () => {
      const { body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/segments`);
      return body.segments.map(({ name }: { name: string }) => name);
    };
    const code = await wallet.hold({ benefit: giving(off(500)).benefit });
    expect(await inside()).toEqual(['Held']);
    await wallet.redeem(code);
    expect(await inside()).toEqual(['Used']);
    await wallet.rollBack((await wallet.redemptions(code))[0]?.id ?? '');
    expect(await inside()).toEqual(['Held']);
  });
});
