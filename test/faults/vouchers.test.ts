/** Races on vouchers with real parallel requests against the whole product: exact, whatever runs at once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { inLanes, type Told, tallied, VoucherShop } from './vouchers-shop.ts';

let edge: LocalEdge;
let shop: VoucherShop;

beforeAll(async () => {
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await VoucherShop.open(edge.url, edge.operatorToken);
});

afterAll(() => edge?.remove());

const ORDER = { order: { amount: 5_000 } };
const at = (code: string) => `/v1/vouchers/${code}/redemption`;

async function together(count: number, work: (index: number) => Promise<Told | null>): Promise<Told[]> {
  const answers = await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
  return answers.map((answer) => answer ?? { status: 0, body: { key: 'no answer' } });
}

test('INV-5 case 1: of 50 redemptions of a code for one use, by 50 customers at once, one wins', async () => {
  await shop.coupon('ONE-USE', 1);
  const customers = await shop.customers(50, 'racer');
  const answers = await together(50, (index) =>
    shop.ask('POST', at('ONE-USE'), { ...ORDER, customer: { source_id: customers[index] } }),
  );
  expect(tallied(answers)).toEqual({ 200: 1, '400 quantity_exceeded': 49 });
  expect((await shop.voucher('ONE-USE')).redemption).toMatchObject({ quantity: 1, redeemed_quantity: 1 });
});

test('INV-5 case 2: of 5 redemptions at once of a code for three uses, three win', async () => {
  await shop.coupon('THREE-USES', 3);
  const answers = await together(5, () => shop.ask('POST', at('THREE-USES'), ORDER));
  expect(tallied(answers)).toEqual({ 200: 3, '400 quantity_exceeded': 2 });
});

test('INV-5 case 9: of 20 spends of 1.00 at once of a gift card with 7.00, seven win and it is empty', async () => {
  await shop.giftCard('SEVEN', 700);
  const spend = { ...ORDER, gift: { credits: 100 } };
  const answers = await together(20, () => shop.ask('POST', at('SEVEN'), spend));
  expect(tallied(answers)).toEqual({ 200: 7, '400 gift_amount_exceeded': 13 });
  expect((await shop.voucher('SEVEN')).gift).toMatchObject({ amount: 700, balance: 0 });
});

test('INV-5 case 10: of 20 rollbacks of one redemption at once one gives the money back', async () => {
  await shop.giftCard('BACK', 700);
  const done = await shop.must('POST', at('BACK'), { ...ORDER, gift: { credits: 500 } });
  const answers = await together(20, () => shop.ask('POST', `/v1/redemptions/${done.id}/rollback`, {}));
  expect(tallied(answers)).toEqual({ 200: 1, '400 already_rolled_back': 19 });
  expect((await shop.voucher('BACK')).gift).toMatchObject({ amount: 700, balance: 700 });
});

test('INV-5 case 11: a use that is given back while others ask for it is neither lost nor doubled', async () => {
  await shop.coupon('FREED', 1);
  const first = await shop.must('POST', at('FREED'), ORDER);
  const back = shop.ask('POST', `/v1/redemptions/${first.id}/rollback`, {});
  const answers = await together(10, () => shop.ask('POST', at('FREED'), ORDER));
  expect(await back).toMatchObject({ status: 200 });
  const wins = answers.filter(({ status }) => status === 200).length;
  expect((await shop.voucher('FREED')).redemption.redeemed_quantity).toBe(wins);
  expect(wins).toBeLessThanOrEqual(1);
  expect(tallied([(await shop.ask('POST', at('FREED'), ORDER)) as Told])).toEqual(
    wins === 1 ? { '400 quantity_exceeded': 1 } : { 200: 1 },
  );
});

test('INV-6 case 25: 50 publications at once for one customer who joins once give one code, and equal answers', async () => {
  const campaign = await shop.campaign('Join once', { vouchers_count: 20, join_once: true });
  const [customer] = await shop.customers(1, 'joiner');
  const wanted = { campaign: { id: campaign }, customer: { source_id: customer } };
  const answers = await together(50, () => shop.ask('POST', '/v1/publications', wanted));
  expect(tallied(answers)).toEqual({ 200: 50 });
  expect(new Set(answers.map(({ body }) => `${body.id} ${body.voucher.code}`)).size).toBe(1);
});

test('INV-6 case 26: 100 customers at once get the ten codes of a pool, each another one', async () => {
  const campaign = await shop.campaign('Ten codes', { vouchers_count: 10 });
  const customers = await shop.customers(100, 'taker');
  const answers = await together(100, (index) =>
    shop.ask('POST', '/v1/publications', { campaign: { id: campaign }, customer: { source_id: customers[index] } }),
  );
  expect(tallied(answers)).toEqual({ 200: 10, '400 no_voucher_suitable_for_publication': 90 });
  const codes = answers.flatMap(({ status, body }) => (status === 200 ? [body.voucher.code] : []));
  expect(new Set(codes).size).toBe(10);
  const held = await Promise.all(codes.map((code) => shop.ask('POST', at(code), ORDER)));
  expect(tallied(held as Told[])).toEqual({ 200: 10 });
});

test('INV-5 of 10,000 buyers of 1,000 units exactly 1,000 get one', async () => {
  await shop.coupon('THOUSAND', 1_000);
  const buyers = await shop.customers(10_000, 'buyer');
  const from = performance.now();
  const answers = await inLanes(buyers, 64, (buyer) =>
    shop.settle('POST', at('THOUSAND'), { ...ORDER, customer: { source_id: buyer } }, buyer),
  );
  const seconds = (performance.now() - from) / 1_000;
  console.log(`10,000 buyers of one code in ${seconds.toFixed(1)} s`);
  expect(tallied(answers)).toEqual({ 200: 1_000, '400 quantity_exceeded': 9_000 });
  expect((await shop.voucher('THOUSAND')).redemption).toMatchObject({ quantity: 1_000, redeemed_quantity: 1_000 });
});

test('INV-6 of 1,000 buyers of a campaign with a budget of 100 redemptions exactly 100 get one, whichever code they have', async () => {
  const voucher = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1_000 }, code: 'BUDGETED' };
  const about = { name: 'Budgeted', campaign_type: 'DISCOUNT_COUPONS', type: 'STANDALONE', voucher };
  const { id } = await shop.must('POST', '/v1/campaigns', { ...about, vouchers_count: 1 });
  const rules = { 1: { name: 'campaign.redemptions.count', conditions: { $less_than_or_equal: [100] } }, logic: '1' };
  const rule = await shop.must('POST', '/v1/validation-rules', { name: 'A hundred', rules });
  await shop.must('POST', `/v1/validation-rules/${rule.id}/assignments`, { campaign: id });
  const buyers = await shop.customers(1_000, 'budgeted');
  const from = performance.now();
  const answers = await inLanes(buyers, 64, (buyer) =>
    shop.settle('POST', at('BUDGETED'), { ...ORDER, customer: { source_id: buyer } }, buyer),
  );
  console.log(`1,000 buyers of a budget in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  const { 200: won, ...refused } = tallied(answers);
  expect({ won, refused: Object.values(refused) }).toEqual({ won: 100, refused: [900] });
  expect((await shop.voucher('BUDGETED')).redemption).toMatchObject({ redeemed_quantity: 100 });
});
