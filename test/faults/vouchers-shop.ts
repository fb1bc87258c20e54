/** Calls of a voucher client on a shop of the local edge, many at once, each sent again under its key until somebody answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeShop, type Shop, sendBatch } from './shop.ts';

export interface Told {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads answers of every route and says itself what it expects
  body: any;
}

const PATIENCE_MS = 20_000;
const GIVE_UP_MS = 90_000;

export class VoucherShop {
  readonly shop: Shop;

  constructor(shop: Shop) {
    this.shop = shop;
  }

  static async open(url: string, operatorToken: string): Promise<VoucherShop> {
    const shop = await makeShop(url, operatorToken);
    const opened = new VoucherShop(shop);
    await opened.must('PATCH', '/admin/v1/shop', { ingestPerSecond: 100_000 });
    return opened;
  }

  /** One request; null: nobody knows what became of it. */
  async ask(method: string, path: string, body?: object, key?: string): Promise<Told | null> {
    const { url, id, secret } = this.shop;
    const who = { 'x-app-id': id, 'x-app-token': secret, authorization: `Bearer ${secret}` };
    const headers = { 'content-type': 'application/json', ...who, ...(key && { 'idempotency-key': key }) };
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const text = body === undefined ? null : JSON.stringify(body);
      const answer = await fetch(url + path, { method, headers, body: text, signal });
      const said = await answer.text();
      if (answer.status >= 500) return null;
      return { status: answer.status, body: said === '' ? null : JSON.parse(said) };
    } catch {
      return null;
    }
  }

  async must(method: string, path: string, body?: object) {
    const told = await this.ask(method, path, body);
    if (told === null || told.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(told)}`);
    return told.body;
  }

  /** The same request under the same key, again until it is answered. */
  async settle(method: string, path: string, body: object, key: string): Promise<Told & { tries: number }> {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    for (let tries = 1; performance.now() < giveUpAt; tries += 1) {
      const told = await this.ask(method, path, body, key);
      if (told !== null) return { ...told, tries };
      await sleep(20 + Math.random() * 80);
    }
    throw new Error(`nobody answered ${method} ${path}`);
  }

  /** Customers that are known by `{prefix}-{n}`. */
  async customers(count: number, prefix: string): Promise<string[]> {
    const names = Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
    for (let at = 0; at < count; at += 2_000) {
      const some = names.slice(at, at + 2_000);
      const people = some.map((userId) => ({ type: 'identify', messageId: userId, userId, traits: {} }));
      const told = await sendBatch(this.shop, people);
      if (told === 'unknown' || told.status >= 300) throw new Error(JSON.stringify(told));
    }
    return names;
  }

  async coupon(code: string, quantity: number | null, more: object = {}): Promise<void> {
    const discount = { type: 'AMOUNT', amount_off: 1_000 };
    const about = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity }, ...more };
    await this.must('POST', `/v1/vouchers/${code}`, about);
  }

  async giftCard(code: string, amount: number): Promise<void> {
    await this.must('POST', `/v1/vouchers/${code}`, { type: 'GIFT_VOUCHER', gift: { amount } });
  }

  /** A campaign whose codes are made; its id. */
  async campaign(name: string, more: { vouchers_count: number; join_once?: boolean; type?: string }): Promise<string> {
    const discount = { type: 'AMOUNT', amount_off: 1_000 };
    const voucher = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity: 1 } };
    const about = { name, campaign_type: 'DISCOUNT_COUPONS', type: 'STATIC', voucher, ...more };
    const made = await this.must('POST', '/v1/campaigns', about);
    for (;;) {
      const { vouchers_generation_status: status } = await this.must('GET', `/v1/campaigns/${made.id}`);
      if (status === 'DONE') return made.id;
      if (status === 'FAILED') throw new Error('the codes were not made');
      await sleep(50);
    }
  }

  async voucher(code: string) {
    return this.must('GET', `/v1/vouchers/${code}`);
  }
}

/** How often each answer came: `200`, `400 quantity_exceeded`. */
export function tallied(answers: Told[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status < 300 ? String(status) : `${status} ${body?.key ?? body?.type}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Runs `work` for every item, so many at a time, in order. */
export async function inLanes<T, R>(items: T[], lanes: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < items.length; at = next++) done[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
}
