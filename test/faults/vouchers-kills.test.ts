/** Kill -9 while shoppers redeem, spend, stack and get codes, each retried under its key: what was answered happened once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseSeed, randomFrom } from './random.ts';
import { inLanes, type Told, VoucherShop } from './vouchers-shop.ts';

const ROUNDS = 6;
const LANES = 24;
const BUYERS = 40;

const seed = chooseSeed();
const random = randomFrom(seed);
let edge: LocalEdge;
let shop: VoucherShop;
let joining: string;
let requests: Asked[];
let answers: (Told & { tries: number })[];

interface Asked {
  key: string;
  path: string;
  body: object;
  kind: 'coupon' | 'spend' | 'stack' | 'join';
  customer: string;
}

const order = (amount: number) => ({ order: { amount } });
const at = (code: string) => `/v1/vouchers/${code}/redemption`;

beforeAll(async () => {
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await VoucherShop.open(edge.url, edge.operatorToken);
  const customers = await shop.customers(BUYERS, 'killed');
  await shop.coupon('LIMITED', 15);
  await shop.coupon('STACKED', 12);
  await shop.giftCard('CARD', 5_000);
  joining = await shop.campaign('Joining', { vouchers_count: 100, join_once: true });
  requests = customers.flatMap((customer, index) => requestsOf(customer, index)).sort(() => random.integer(0, 2) - 1);
});

afterAll(() => edge?.remove());

/** Of each customer; everybody asks twice for the code that one gets once. */
function requestsOf(customer: string, index: number): Asked[] {
  const named = { customer: { source_id: customer } };
  const stack = ['STACKED', 'CARD'].map((id) => ({
    object: 'voucher',
    id,
    ...(id === 'CARD' && { gift: { credits: 60 } }),
  }));
  const join = { campaign: { id: joining }, ...named };
  const asked: [Asked['kind'], string, object][] = [
    ['coupon', at('LIMITED'), { ...order(5_000), ...named }],
    ['spend', at('CARD'), { ...order(5_000), ...named, gift: { credits: 200 } }],
    ['stack', '/v1/redemptions', { ...order(5_000), ...named, redeemables: stack }],
    ['join', '/v1/publications', join],
    ['join', '/v1/publications', join],
  ];
  return asked.map(([kind, path, body], place) => ({ key: `k-${index}-${place}`, kind, path, body, customer }));
}

const won = (kind: Asked['kind']) =>
  answers.filter(({ status }, at_) => status === 200 && requests[at_]?.kind === kind);

async function counters() {
  const [limited, stacked, card] = [
    await shop.voucher('LIMITED'),
    await shop.voucher('STACKED'),
    await shop.voucher('CARD'),
  ];
  return {
    limited: limited.redemption.redeemed_quantity,
    stacked: stacked.redemption.redeemed_quantity,
    balance: card.gift.balance,
  };
}

test(`answers everybody across ${ROUNDS} kills (REGULARS_SEED=${seed})`, async () => {
  const work = inLanes(requests, LANES, ({ path, body, key }) => shop.settle('POST', path, body, key));
  for (let round = 0; round < ROUNDS; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, random.integer(150, 700)));
    edge = await killAndReturn(edge, KILLS[(round + 1) % KILLS.length] ?? 'workerd', random);
  }
  answers = await work;
  const retried = answers.filter(({ tries }) => tries > 1).length;
  console.log(`${answers.length} requests, ${retried} retried`);
  expect(retried).toBeGreaterThan(0);
});

test('INV-5 INV-7 every unit that was granted is used once, and none that was not', async () => {
  const granted = { limited: won('coupon').length, stacked: won('stack').length };
  const balance = 5_000 - 200 * won('spend').length - 60 * granted.stacked;
  expect(await counters()).toEqual({ ...granted, balance });
  expect(granted).toEqual({ limited: 15, stacked: 12 });
  expect(balance).toBeGreaterThanOrEqual(0);
});

test('INV-6 who joins once has one code, whichever of both requests was answered first', () => {
  const codes = new Map<string, Set<string>>();
  requests.forEach(({ kind, customer }, at_) => {
    const code = answers[at_]?.body?.voucher?.code;
    if (kind === 'join') codes.set(customer, (codes.get(customer) ?? new Set()).add(code));
  });
  expect([...codes.values()].map(({ size }) => size)).toEqual(Array(BUYERS).fill(1));
  expect(new Set([...codes.values()].flatMap((some) => [...some])).size).toBe(BUYERS);
});

test('INV-2 the same keys get the same answers again, and change nothing', async () => {
  const before = await counters();
  const again = await inLanes(requests, LANES, ({ path, body, key }) => shop.settle('POST', path, body, key));
  const gist = ({ status, body }: Told) =>
    [status, body?.key ?? body?.id ?? body?.parent_redemption?.id ?? null, body?.voucher?.code ?? null].join(' ');
  expect(again.map(gist)).toEqual(answers.map(gist));
  expect(await counters()).toEqual(before);
});
