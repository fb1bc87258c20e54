/** A budget that is asked so often that it lies in several objects, over HTTP and across kill -9: exact, and everybody hears it again. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalEdge, startLocalEdge } from '../stories/local-edge.ts';
import { KILLS, killAndReturn } from './kills.ts';
import { chooseSeed, randomFrom } from './random.ts';
import { inLanes, tallied, VoucherShop } from './vouchers-shop.ts';

const LONG = process.env.REGULARS_LONG === '1';
const [BUYERS, UNITS, ROUNDS] = LONG ? [10_000, 1_000, 6] : [1_200, 400, 3];
const LANES = 32;

const seed = chooseSeed();
const random = randomFrom(seed);
let edge: LocalEdge;
let shop: VoucherShop;

beforeAll(async () => {
  // a slow machine is hot as well
  process.env.BUDGET_HOT_PER_SECOND = '4';
  edge = await startLocalEdge({ demo: false, build: false });
  shop = await VoucherShop.open(edge.url, edge.operatorToken);
});

afterAll(async () => {
  delete process.env.BUDGET_HOT_PER_SECOND;
  await edge?.remove();
});

/** A campaign of one code whose rule lets so many redemptions through. */
async function budgeted(code: string): Promise<void> {
  const voucher = { type: 'DISCOUNT_VOUCHER', discount: { type: 'AMOUNT', amount_off: 1_000 }, code };
  const about = { name: code, campaign_type: 'DISCOUNT_COUPONS', type: 'STANDALONE', voucher };
  const { id } = await shop.must('POST', '/v1/campaigns', { ...about, vouchers_count: 1 });
  const conditions = { $less_than_or_equal: [UNITS] };
  const rules = { 1: { name: 'campaign.redemptions.count', conditions }, logic: '1' };
  const rule = await shop.must('POST', '/v1/validation-rules', { name: code, rules });
  await shop.must('POST', `/v1/validation-rules/${rule.id}/assignments`, { campaign: id });
}

const buy = (code: string, buyer: string) => {
  const about = { order: { amount: 5_000 }, customer: { source_id: buyer } };
  return shop.settle('POST', `/v1/vouchers/${code}/redemption`, about, `${code} ${buyer}`);
};

const splits = () => readFileSync(`${edge.state}.log`, 'utf8').split('a budget was split').length - 1;

test(`INV-6 of ${BUYERS} buyers of a budget of ${UNITS} exactly ${UNITS} get one, in shares`, async () => {
  await budgeted('SHARED');
  const before = splits();
  const buyers = await shop.customers(BUYERS, 'shared');
  const from = performance.now();
  const answers = await inLanes(buyers, LANES, (buyer) => buy('SHARED', buyer));
  console.log(`${BUYERS} buyers of a budget in shares in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  expect(tallied(answers)).toEqual({ 200: UNITS, '400 redemption_rules_violated': BUYERS - UNITS });
  expect((await shop.voucher('SHARED')).redemption.redeemed_quantity).toBe(UNITS);
  expect(splits()).toBeGreaterThan(before);
});

test(`INV-2 INV-6 INV-7 the same across ${ROUNDS} kills (REGULARS_SEED=${seed})`, async () => {
  await budgeted('KILLED');
  const before = splits();
  const buyers = await shop.customers(BUYERS, 'killed');
  const bought = inLanes(buyers, LANES, (buyer) => buy('KILLED', buyer));
  while (splits() === before) await sleep(25);
  for (let round = 0; round < ROUNDS; round += 1) {
    await sleep(random.integer(200, 2_500));
    edge = await killAndReturn(edge, random.pick(KILLS), random);
  }
  const answers = await bought;
  expect(tallied(answers)).toEqual({ 200: UNITS, '400 redemption_rules_violated': BUYERS - UNITS });
  expect((await shop.voucher('KILLED')).redemption.redeemed_quantity).toBe(UNITS);
  const some = buyers.filter((_, at) => at % 10 === 0);
  const again = await inLanes(some, LANES, (buyer) => buy('KILLED', buyer));
  const gist = ({ status, body }: (typeof answers)[number]) => [status, body?.key ?? body?.id];
  expect(again.map(gist)).toEqual(answers.filter((_, at) => at % 10 === 0).map(gist));
});
