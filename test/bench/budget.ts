/**
 * `node test/bench/budget.ts`: redemptions of a campaign with a budget, decided by one object and by its shares, on two edges
 * side by side in one run. Locally all objects share one thread: what it shows is what shares cost, not what they gain.
 */
import { startLocalEdge } from '../stories/local-edge.ts';
import { type Measured, runLoad } from './load.ts';
import { type BenchShop, makeShop } from './shop.ts';

const CODES = 100;
const ROUNDS = 3;
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 1_500);
const BUDGET = 10_000_000;

type Client = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;

interface Side {
  edge: Awaited<ReturnType<typeof startLocalEdge>>;
  shop: BenchShop;
  codes: string[];
}

/** `hot`: from how many calls a second on it lies in shares. */
async function open(hot: string, build: boolean): Promise<Side> {
  process.env.BUDGET_HOT_PER_SECOND = hot;
  const edge = await startLocalEdge({ demo: false, build });
  const shop = await makeShop(edge.url, edge.operatorToken);
  return { edge, shop, codes: await codesOf(clientOf(shop)) };
}

const headersOf = ({ id, secret }: BenchShop) => ({
  'X-App-Id': id,
  'X-App-Token': secret,
  'Content-Type': 'application/json',
});

function clientOf(shop: BenchShop): Client {
  return async (method, path, body) => {
    const about = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(shop.url + path, { method, headers: headersOf(shop), ...about });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
}

/** Codes of one campaign, whose rule is its budget; they live in many objects, the budget in one. */
async function codesOf(client: Client): Promise<string[]> {
  const discount = { type: 'AMOUNT', amount_off: 500 };
  const voucher = { type: 'DISCOUNT_VOUCHER', discount, redemption: { quantity: null } };
  const about = { name: 'Bench', campaign_type: 'DISCOUNT_COUPONS', type: 'STATIC', voucher, vouchers_count: CODES };
  const { id } = await client('POST', '/v1/campaigns', about);
  const conditions = { $less_than_or_equal: [BUDGET] };
  const rules = { 1: { name: 'campaign.redemptions.count', conditions }, logic: '1' };
  const rule = await client('POST', '/v1/validation-rules', { name: 'Budget', rules });
  await client('POST', `/v1/validation-rules/${rule.id}/assignments`, { campaign: id });
  for (;;) {
    const { vouchers_generation_status: status } = await client('GET', `/v1/campaigns/${id}`);
    if (status === 'DONE') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (;;) {
    const { vouchers } = await client('GET', `/v1/vouchers?campaign_id=${id}&limit=100`);
    const codes = (vouchers as { code: string }[]).map(({ code }) => code);
    if (codes.length === CODES) return codes;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function redeem({ shop, codes }: Side): Promise<Measured> {
  const body = (at: number) =>
    JSON.stringify({ order: { amount: 5_000 }, redeemables: [{ object: 'voucher', id: codes[at % codes.length] }] });
  const about = { method: 'POST' as const, requests: REQUESTS, connections: 16, pace: 0 };
  return runLoad({ url: `${shop.url}/v1/redemptions`, headers: headersOf(shop), body, ...about });
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const sides = { 'one object': await open('1e9', true), 'eight shares': await open('1', false) };
const measured: Record<string, Measured[]> = { 'one object': [], 'eight shares': [] };
try {
  // the shares open, and callers learn of them
  for (const side of Object.values(sides)) await redeem(side);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, side] of Object.entries(sides)) measured[name]?.push(await redeem(side));
} finally {
  for (const { edge } of Object.values(sides)) await edge.remove();
}
const rows = Object.entries(measured).map(([name, all]) => {
  const of = (name_: keyof Measured) => Number(median(all.map((one) => one[name_])).toFixed(1));
  return [name, { 'redemptions/s': of('perSecond'), p50: of('p50'), p99: of('p99'), failed: of('failed') }];
});
console.table(Object.fromEntries(rows));
