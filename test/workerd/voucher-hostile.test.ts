/** INV-14 for voucher clients: whatever is sent to whichever address, the answer is in their shape, says why, and is never a bug. */
import { beforeAll, expect, it } from 'vitest';
import { type Answer, call, makeShop, type TestShop, worker } from './shop.ts';
import { VoucherShop } from './voucher-shop.ts';
import { newCode } from './vouchers-given.ts';

interface Documented {
  tags?: string[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  parameters?: { name: string; in: string }[];
}
interface Schema {
  properties?: Record<string, unknown>;
  items?: Schema;
}
interface Route {
  method: string;
  path: string;
  fields: string[];
  query: string[];
}

let shop: TestShop;
let routes: Route[];
beforeAll(async () => {
  shop = await makeShop();
  const { paths, components } = (await call('GET', '/openapi.json')).body;
  const fieldsOf = ({ requestBody }: Documented) => {
    const ref = Object.values(requestBody?.content ?? {})[0]
      ?.schema.$ref?.split('/')
      .at(-1);
    const schema: Schema = ref === undefined ? {} : (components.schemas[ref] ?? {});
    return Object.keys(schema.properties ?? {});
  };
  routes = Object.entries(paths as Record<string, Record<string, Documented>>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, about]) => about.tags?.includes('Voucher clients'))
      .map(([method, about]) => ({
        method: method.toUpperCase(),
        path,
        fields: fieldsOf(about),
        query: (about.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name),
      })),
  );
});

/** In the name of a server or of a page, as the address says. */
function ask({ method, path }: Pick<Route, 'method' | 'path'>, body?: unknown): Promise<Answer> {
  const server = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret };
  const page = { 'X-Client-Application-Id': shop.id, 'X-Client-Token': shop.keys.publishable };
  // each address on its own, so that no guard stands before what is tried
  const address = `2001:db8:${[1, 2, 3].map(() => Math.floor(Math.random() * 65_535).toString(16)).join(':')}::1`;
  const headers = path.startsWith('/client') ? { ...page, 'CF-Connecting-IP': address } : server;
  return call(method, path, body, headers);
}

/** What is wrong with an answer; null: nothing. */
function flawOf({ status, body }: Answer): string | null {
  if (status >= 500) return `${status} ${JSON.stringify(body)}`;
  if (status < 400) return null;
  const isShaped =
    body?.code === status && ['key', 'message', 'details', 'request_id'].every((one) => typeof body[one] === 'string');
  return isShaped ? null : `${status} in another shape: ${JSON.stringify(body)?.slice(0, 200)}`;
}

const NAMES = ['X', 'ünï-🎁', '%00', '..%2F..%2Fetc', ' ', "'; DROP TABLE voucher;--", 'n'.repeat(10_000)];
const at = (path: string, name: string) =>
  path.replaceAll(/\{[^}]+\}/g, name.startsWith('%') || name.includes('%2F') ? name : encodeURIComponent(name));

async function tried(list: { route: Route; path: string; body?: unknown; what: unknown }[]): Promise<string[]> {
  const flaws: string[] = [];
  for (let from = 0; from < list.length; from += 20) {
    const some = list.slice(from, from + 20);
    const answers = await Promise.all(some.map(({ route, path, body }) => ask({ method: route.method, path }, body)));
    for (const [place, { route, what }] of some.entries()) {
      const answer = answers[place];
      const flaw = answer === undefined ? 'no answer' : flawOf(answer);
      if (flaw !== null) flaws.push(`${route.method} ${route.path} ${JSON.stringify(what)?.slice(0, 80)}: ${flaw}`);
    }
  }
  return flaws;
}

it('names all of its addresses in the documentation', () => {
  expect(routes.length).toBeGreaterThan(60);
});

it('answers names in the address that nobody has, however odd or long', async () => {
  const named = routes.filter(({ path }) => path.includes('{'));
  const list = named.flatMap((route) => NAMES.map((name) => ({ route, path: at(route.path, name), what: name })));
  expect(await tried(list)).toEqual([]);
});

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const BODIES = [
  '',
  'null',
  '5',
  '"5"',
  '[]',
  '[null]',
  '{}',
  'NaN',
  '{"a":',
  '\u0000',
  '{"__proto__":{"a":1}}',
  deep(5_000),
];

it('answers bodies that are no body, or nest without end', async () => {
  const written = routes.filter(({ method }) => method !== 'GET' && method !== 'DELETE');
  const list = written.flatMap((route) =>
    BODIES.map((body) => ({ route, path: at(route.path, newCode()), body, what: body })),
  );
  expect(await tried(list)).toEqual([]);
});

const VALUES = [
  0,
  -1,
  1.5,
  1e21,
  '5',
  'NaN',
  null,
  true,
  [],
  [null],
  {},
  { a: { b: [1, { c: 'd' }] } },
  'x'.repeat(20_000),
];

it('answers fields of any kind but their own', async () => {
  const written = routes.filter(({ fields }) => fields.length > 0);
  const list = written.flatMap((route) =>
    VALUES.map((value) => ({
      route,
      path: at(route.path, newCode()),
      body: Object.fromEntries(route.fields.map((field) => [field, value])),
      what: value,
    })),
  );
  expect(await tried(list)).toEqual([]);
});

const TEXTS = ['0', '-1', '1.5', '1e21', 'NaN', '', '%00', '9'.repeat(400), '🎁', '[object Object]', '2031-02-30'];

it('answers parameters of any kind, bracketed ones too', async () => {
  const read = routes.filter(({ query }) => query.length > 0);
  const list = read.flatMap((route) =>
    TEXTS.flatMap((text) => {
      const value = text === '%00' ? text : encodeURIComponent(text);
      const plain = route.query.map((name) => `${encodeURIComponent(name)}=${value}`).join('&');
      const path = at(route.path, newCode());
      return [
        { route, path: `${path}?${plain}`, what: text },
        {
          route,
          path: `${path}?filters[code][conditions][$is]=${value}&created_at[after]=${value}&order=${value}`,
          what: text,
        },
      ];
    }),
  );
  expect(await tried(list)).toEqual([]);
});

const AMOUNTS = [0, -1, 1.5, 1e21, '5', 'NaN', null, [], {}];

it('takes no amount of money that is none, and changes nothing', async () => {
  const own = new VoucherShop(shop);
  const code = await own.card(2_500);
  const refused = [];
  for (const amount of AMOUNTS) {
    refused.push(await own.redeem(code, { order: { amount: 5_000 }, gift: { credits: amount } }));
    if (amount !== 0 && amount !== -1) refused.push(await own.ask('POST', `/v1/vouchers/${code}/balance`, { amount }));
    refused.push(await own.ask('POST', `/v1/vouchers/${newCode()}`, { type: 'GIFT_VOUCHER', gift: { amount } }));
    const discount = { type: 'AMOUNT', amount_off: amount };
    refused.push(await own.ask('POST', `/v1/vouchers/${newCode()}`, { type: 'DISCOUNT_VOUCHER', discount }));
    if (amount !== null) refused.push(await own.rollBack('r_none', { amount }));
  }
  const taken = refused.filter(({ status, body }) => status !== 400 || typeof body.details !== 'string');
  expect(taken.map(({ body }) => body)).toEqual([]);
  expect(await own.balance(code)).toBe(2_500);
});

it('takes what it can be asked at most, and not one more', async () => {
  const own = new VoucherShop(shop);
  const [code, order] = [await own.coupon(), (items: unknown[]) => ({ order: { items } })];
  const item = { product_id: 'p', quantity: 1, amount: 1 };
  expect((await own.redeem(code, order(Array(501).fill(item)))).body.key).toBe('invalid_payload');
  expect((await own.redeem(code, order(Array(500).fill(item)))).status).toBe(200);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, place) => [`k${place}`, place]));
  expect((await own.ask('PUT', `/v1/vouchers/${code}`, { metadata: many })).body.key).toBe('invalid_payload');
  const long = await own.ask('POST', `/v1/vouchers/${'c'.repeat(201)}`, { type: 'GIFT_VOUCHER', gift: { amount: 1 } });
  expect([long.status, typeof long.body.details]).toEqual([400, 'string']);
  const headers = { 'X-App-Id': shop.id, 'X-App-Token': shop.keys.secret, 'Content-Type': 'application/json' };
  const init = { method: 'POST', headers, body: `{"metadata":{"a":"${'x'.repeat(300_000)}"}}` };
  const large = await worker.fetch(new Request(`https://edge.test/v1/vouchers/${code}/redemption`, init));
  expect([large.status >= 400 && large.status < 500, ((await large.json()) as { key: string }).key]).toEqual([
    true,
    'invalid_payload',
  ]);
});
