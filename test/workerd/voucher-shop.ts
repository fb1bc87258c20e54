/** A shop as a voucher client sees it, whose clock stands where a test puts it. */
import { expect } from 'vitest';
import { type Answer, call, makeShop, type TestShop } from './shop.ts';
import { newCode } from './vouchers-given.ts';

type Headers = Record<string, string>;

export class VoucherShop {
  readonly shop: TestShop;

  constructor(shop: TestShop) {
    this.shop = shop;
  }

  static async live(about: object = {}): Promise<VoucherShop> {
    return new VoucherShop(await makeShop(about));
  }

  /** A test shop whose clock stands at an instant. */
  static async at(iso: string, about: object = {}): Promise<VoucherShop> {
    const made = new VoucherShop(await makeShop({ mode: 'test', ...about }));
    await made.moveTo(iso);
    return made;
  }

  async moveTo(iso: string): Promise<void> {
    const { status, body } = await this.shop.admin('POST', '/admin/v1/clock', { toMs: Date.parse(iso) });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  ask(method: string, path: string, body?: unknown, more: Headers = {}): Promise<Answer> {
    return call(method, path, body, { 'X-App-Id': this.shop.id, 'X-App-Token': this.shop.keys.secret, ...more });
  }

  async done(method: string, path: string, body?: unknown, more: Headers = {}): Promise<Answer['body']> {
    const answer = await this.ask(method, path, body, more);
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** Of 5.00 off, used as often as `quantity` says; its code. */
  async coupon(quantity: number | null = null, more: object = {}): Promise<string> {
    const discount = { type: 'AMOUNT', amount_off: 500 };
    const about = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity }, ...more };
    return (await this.done('POST', `/v1/vouchers/${newCode()}`, about)).code;
  }

  async card(amount: number): Promise<string> {
    return (await this.done('POST', `/v1/vouchers/${newCode()}`, { type: 'GIFT_VOUCHER', gift: { amount } })).code;
  }

  /** Its name and id. */
  async campaign(about: object): Promise<{ id: string; name: string }> {
    const voucher = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 500 } };
    const codes = { code_config: { pattern: `${newCode().slice(2, 8)}-############` } };
    const wanted = { name: newCode(), type: 'AUTO_UPDATE', voucher: { ...voucher, ...codes }, ...about };
    return this.done('POST', '/v1/campaigns', wanted);
  }

  async rule(rules: object): Promise<string> {
    return (await this.done('POST', '/v1/validation-rules', { name: newCode(), rules })).id;
  }

  redeem(code: string, body: object = { order: { amount: 5_000 } }, more: Headers = {}): Promise<Answer> {
    return this.ask('POST', `/v1/vouchers/${encodeURIComponent(code)}/redemption`, body, more);
  }

  spend(code: string, credits: number, more: object = {}): Promise<Answer> {
    return this.redeem(code, { order: { amount: 50_000 }, gift: { credits }, ...more });
  }

  rollBack(id: string, body: object = {}, way: 'rollback' | 'rollbacks' = 'rollback'): Promise<Answer> {
    return this.ask('POST', `/v1/redemptions/${id}/${way}`, body);
  }

  /** Keeps a use, or so much money, for whoever has the key. */
  lock(code: string, key: string, more: object = {}): Promise<Answer> {
    const session = { type: 'LOCK', key, ttl: 1, ttl_unit: 'HOURS' };
    return this.ask('POST', `/v1/vouchers/${code}/validate`, { order: { amount: 5_000 }, session, ...more });
  }

  async balance(code: string): Promise<number> {
    return (await this.done('GET', `/v1/vouchers/${code}`)).gift.balance;
  }

  publish(body: object, query = ''): Promise<Answer> {
    return this.ask('POST', `/v1/publications${query}`, body);
  }
}

/** A refusal's status and key; of a success its status and nothing. */
export function told({ status, body }: Answer): [number, string | undefined] {
  return [status, body?.key];
}

export function expectRefused(answer: Answer, key: string, status = 400): void {
  expect(told(answer)).toEqual([status, key]);
}

export const OK: [number, undefined] = [200, undefined];
