/** The demo shop's bag takes codes: by hand and by link, says why one is refused, redeems them with the order, and gives them back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './client.ts';
import { type LocalEdge, startLocalEdge } from './local-edge.ts';

let edge: LocalEdge;
let secret: string;
let shopId: string;
beforeAll(async () => {
  edge = await startLocalEdge({ demo: true, build: false });
  const { live } = JSON.parse(readFileSync(join(edge.state, 'demo.json'), 'utf8'));
  [shopId, secret] = [live.id, live.keys.secret];
});

afterAll(() => edge?.remove());

/** A visitor with cookies of their own. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  async go(path: string, form?: Record<string, string>): Promise<string> {
    const headers = { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
    const url = `http://localhost:${edge.port + 1}${path}`;
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=');
      this.#cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    return location === null ? answer.text() : `${location}\n${await this.go(location)}`;
  }
}

async function api(path: string) {
  const headers = { 'x-app-id': shopId, 'x-app-token': secret, authorization: `Bearer ${secret}` };
  return (await fetch(edge.url + path, { headers })).json() as Promise<Record<string, unknown>>;
}

const gift = async () => ((await api('/v1/vouchers/FERN-GIFT-25')).gift as { balance: number }).balance;
const uses = async (code: string) =>
  ((await api(`/v1/vouchers/${code}`)).redemption as { redeemed_quantity: number }).redeemed_quantity;

it('puts a code into the bag by a link, refuses another with its reason, and leaves the good one as it is', async () => {
  const guest = new Visitor();
  await guest.go('/cart/add', { slug: 'first-light' });
  await guest.go('/discount/SPRING');
  const bag = await guest.go('/cart/code', { code: 'nobody-made-this' });
  expect(bag).toContain('Nobody here knows this code.');
  expect(bag).toContain('Post is on us');
  expect(bag).not.toContain('€4.50');
  expect(await guest.go('/discount/%')).toContain('That is no code');
});

it('spends the gift card with the order, and gives all of it back where that is cancelled', async () => {
  const guest = new Visitor();
  const before = await uses('SPRING');
  await guest.go('/cart/add', { slug: 'first-light' });
  for (const code of ['fern-gift-25', 'SPRING']) await guest.go('/cart/code', { code });
  expect(await guest.go('/cart')).toContain('€14.50 from the card');
  const [placed = ''] = (await guest.go('/checkout', { email: 'paying@example.com' })).split('\n');
  expect(placed).toMatch(/^\/thanks\/\d+$/);
  expect([await gift(), await uses('SPRING')]).toEqual([1_050, before + 1]);
  await guest.go(`/desk/${placed.slice('/thanks/'.length)}/cancel`, { back: '/desk' });
  expect([await gift(), await uses('SPRING')]).toEqual([2_500, before]);
});

it('lets a gift card that two checkouts want at once pay for one of them', async () => {
  const [one, two] = [new Visitor(), new Visitor()];
  for (const guest of [one, two]) {
    await guest.go('/cart/add', { slug: 'harbour-kettle' });
    await guest.go('/cart/code', { code: 'FERN-GIFT-25' });
    expect(await guest.go('/cart')).toContain('€25.00 from the card');
  }
  const email = 'racing@example.com';
  const answers = await Promise.all([one, two].map((guest) => guest.go('/checkout', { email })));
  expect(await gift()).toBe(0);
  const paid = answers.filter((answer) => answer.startsWith('/thanks/') && answer.includes('Of it by gift card'));
  expect(paid).toHaveLength(1);
});

it('whoever may be written to has a code of the welcome campaign, and can use it', async () => {
  const code = await eventually(async () => {
    const { items } = (await api('/admin/v1/customers/email:ada@example.com/timeline?limit=50')) as {
      items: { kind: string; properties?: { code?: string } }[];
    };
    return items.find(({ kind }) => kind === 'voucher.published')?.properties?.code ?? null;
  }, 15_000);
  expect(code).toMatch(/^WELCOME-/);
  const [ada, guest] = [new Visitor(), new Visitor()];
  await ada.go('/demo/sign-in', { shopper: 'ada', back: '/' });
  for (const one of [ada, guest]) {
    await one.go('/cart/add', { slug: 'two-cups' });
    await one.go('/cart/code', { code });
  }
  expect(await ada.go('/cart')).toContain('−€2.80');
  expect(await guest.go('/cart')).toContain('Sign in to use it.');
});
