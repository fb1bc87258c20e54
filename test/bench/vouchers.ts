/** Vouchers under load: validate and redeem over many codes, on one hot code, and late in a gift card's life. */
import { type Measured, runLoad } from './load.ts';
import type { Target } from './scenes.ts';
import type { BenchShop } from './shop.ts';

export const CODES = 200;
const REQUESTS = 1_500;
const ORDER = { order: { amount: 5_000 } };

const clientOf = ({ url, id, secret }: BenchShop): Target => ({
  url,
  headers: { 'X-App-Id': id, 'X-App-Token': secret, 'Content-Type': 'application/json' },
});
const nameOf = (at: number) => `BENCH-${at}`;
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);

/** Codes without a limit of uses, and a gift card that lasts. */
export async function makeCodes(shop: BenchShop): Promise<void> {
  const { url, headers } = clientOf(shop);
  const make = async (code: string, about: object) => {
    const body = JSON.stringify(about);
    const answer = await fetch(`${url}/v1/vouchers/${code}`, { method: 'POST', headers, body });
    if (answer.status !== 200) throw new Error(await answer.text());
  };
  const discount = { type: 'AMOUNT', amount_off: 500 };
  const endless = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity: null } };
  for (const at of upTo(CODES)) await make(nameOf(at), endless);
  await make('HOT', endless);
  for (const card of ['YOUNG', 'OLD']) await make(card, { type: 'GIFT_VOUCHER', gift: { amount: 100_000_000 } });
}

interface Asked {
  shop: BenchShop;
  /** By the number of the request. */
  body: (at: number) => string;
  path: string;
}

function ask({ shop, path, body }: Asked, more: object = {}): Promise<Measured> {
  const { url, headers } = clientOf(shop);
  const about = { requests: REQUESTS, connections: 10, pace: 0, ...more };
  return runLoad({ url: url + path, headers, method: 'POST', body, ...about });
}

const stack = (code: string) => JSON.stringify({ ...ORDER, redeemables: [{ object: 'voucher', id: code }] });

export const validate = (shop: BenchShop) =>
  ask({ shop, path: '/v1/validations', body: (at) => stack(nameOf(at % CODES)) });

export const redeem = (shop: BenchShop) =>
  ask({ shop, path: '/v1/redemptions', body: (at) => stack(nameOf(at % CODES)) });

export const redeemHot = (shop: BenchShop) => ask({ shop, path: '/v1/redemptions', body: () => stack('HOT') });

export const redeemPaced = (shop: BenchShop, pace: number) =>
  ask(
    { shop, path: '/v1/redemptions', body: (at) => stack(nameOf(at % CODES)) },
    { pace, requests: pace * 3, connections: 20 },
  );

/** The same rows in bare objects: a code's row, an entry, a key. */
export function bareRedeem({ url }: { url: string }, codes: number): Promise<Measured> {
  const body = (at: number) => JSON.stringify({ code: nameOf(at % codes), key: crypto.randomUUID(), ...ORDER });
  return runLoad({
    url: `${url}/redeem`,
    headers: {},
    method: 'POST',
    body,
    requests: REQUESTS,
    connections: 10,
    pace: 0,
  });
}

const spend = JSON.stringify({ order: { amount: 100 }, gift: { credits: 100 } });

/** Spends of one card after `before` others. Milliseconds of each, one after another. */
export async function spends(shop: BenchShop, card: string, before: number): Promise<Measured> {
  const asked = { shop, path: `/v1/vouchers/${card}/redemption`, body: () => spend };
  if (before > 0) await ask(asked, { requests: before, connections: 10 });
  return ask(asked, { requests: 200, connections: 1 });
}

/** How figures get into the table. */
export interface Tools {
  sideBySide: (what: string, perRequest: number, budget: string, ours: Run, theirs: Run) => Promise<void>;
  paced: (what: string, budget: string, run: Run) => Promise<void>;
  quiet: () => Promise<void>;
  add: (figure: {
    what: string;
    value: number;
    unit: string;
    budget?: string;
    ratio?: number;
    p50?: number;
    p99?: number;
  }) => void;
}
type Run = () => Promise<Measured>;

/** What voucher clients ask; and that a gift card's spends cost the same early and late in its life. */
export async function measure(shop: BenchShop, bare: { url: string }, tools: Tools): Promise<void> {
  const { sideBySide, paced, quiet, add } = tools;
  await makeCodes(shop);
  await redeem(shop);
  await quiet();
  const many = () => bareRedeem(bare, CODES);
  await sideBySide('validations/s over 200 codes', 1, '', () => validate(shop), many);
  await sideBySide('redemptions/s over 200 codes', 1, '>= 40 % of bare', () => redeem(shop), many);
  await sideBySide(
    'redemptions/s on one hot code',
    1,
    '>= 40 % of bare',
    () => redeemHot(shop),
    () => bareRedeem(bare, 1),
  );
  await paced('redemptions over 200 codes, paced 100/s', '<= 30 ms p99', () => redeemPaced(shop, 100));
  await quiet();
  const young = await spends(shop, 'YOUNG', 10);
  const old = await spends(shop, 'OLD', 10_000);
  const of = ({ p50, p99 }: Measured) => ({ value: p50, unit: 'ms', p50, p99 });
  add({ what: 'spend of a gift card at 10 spends', ...of(young) });
  add({ what: 'spend of a gift card at 10,000 spends', ...of(old), budget: 'flat', ratio: old.p50 / young.p50 });
}
