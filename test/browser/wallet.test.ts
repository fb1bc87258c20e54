import { afterEach, expect, test, vi } from 'vitest';
import type { HubCart } from '../../worker/wire/hub-programme.ts';
import { type Answers, problem } from './fake-api.ts';
import { focused, type Hub, openHub, seen, setUp } from './harness.ts';
import { giftCard, voucher, WALLET, wallet, worth } from './programme.ts';

const MOVES = 'GET /hub/v1/vouchers/g/moves';
const UNDO = 'POST /hub/v1/vouchers/v/undo';
const CART: HubCart = {
  currency: 'EUR',
  totalMinor: 1_900,
  items: [{ productId: 'p1', variantId: 'v1', quantity: 2, priceMinor: 950 }],
};
const SHOPIFY_CART = {
  currency: 'EUR',
  total_price: 1_900,
  items: [{ product_id: 11, variant_id: 12, quantity: 2, final_price: 950, title: 'Tea' }],
};

async function openWallet(own: Answers = {}, embed = {}): Promise<Hub> {
  const hub = await openHub({ answers: own, embed }, { target: 'rewards/vouchers' });
  await vi.waitFor(() => hub.find('.voucher, .over, .notice, .opener'));
  return hub;
}

const names = (hub: Hub): (string | null)[] => hub.all('.voucher .offer-name').map((one) => one.textContent);
const lines = (hub: Hub, id: string): string[] => seen(hub.find(`[data-voucher="${id}"] .voucher-head`));
const carts = (hub: Hub): unknown[] => hub.api.calls.filter(({ line }) => line === WALLET).map(({ body }) => body);

afterEach(() => {
  Reflect.deleteProperty(window, 'Shopify');
  vi.restoreAllMocks();
});

test('shows first what fits the cart, then what does not and why, then what waits', async () => {
  const items = [
    voucher('soon', { status: 'not_started', startsAtMs: Date.UTC(2031, 4, 3, 12) }),
    voucher('short', { applicable: false, reason: { key: 'x', message: null, missingMinor: 1_250 } }),
    voucher('busy', { status: 'locked' }),
    voucher('fits', { applicable: true, discountMinor: 500, minimumMinor: 2_000 }),
    voucher('made', { status: 'waiting' }),
    voucher('no', { applicable: false, reason: { key: 'x', message: null, missingMinor: null } }),
    voucher('own', { applicable: false, reason: { key: 'x', message: 'Only for teapots', missingMinor: 5 } }),
  ];
  const hub = await openWallet({ [WALLET]: wallet(items) });
  expect(['fits', 'short', 'no', 'own', 'soon', 'busy', 'made'].map((id) => lines(hub, id))).toEqual([
    ['Voucher fits', '€5.00 off', 'For orders from €20.00', 'Takes €5.00 off your cart'],
    ['Voucher short', '€5.00 off', 'Add €12.50 to your cart to use it'],
    ['Voucher no', '€5.00 off', 'Not for what is in your cart'],
    ['Voucher own', '€5.00 off', 'Only for teapots'],
    ['Voucher soon', '€5.00 off', 'From May 3, 2031'],
    ['Voucher busy', '€5.00 off', 'In a checkout right now'],
    ['Voucher made', '€5.00 off', 'Being made'],
  ]);
  expect(names(hub)).toEqual(['fits', 'short', 'no', 'own', 'soon', 'busy', 'made'].map((id) => `Voucher ${id}`));
});

test('folds away what is over, with how it ended', async () => {
  const over = (['used', 'expired', 'returned', 'disabled'] as const).map((status) => voucher(status, { status }));
  const hub = await openWallet({ [WALLET]: wallet([voucher('v'), ...over]) });
  const fold = hub.control('Used and expired (4)');
  expect([names(hub), hub.all('.over'), fold.getAttribute('aria-expanded')]).toEqual([['Voucher v'], [], 'false']);
  fold.click();
  await hub.settled();
  expect(fold.getAttribute('aria-expanded')).toBe('true');
  expect(hub.all('.over').map((one) => seen(one))).toEqual([
    ['Voucher used', 'Used · CODE-USED'],
    ['Voucher expired', 'Expired · CODE-EXPIRED'],
    ['Voucher returned', 'Given back · CODE-RETURNED'],
    ['Voucher disabled', 'Switched off by the shop · CODE-DISABLED'],
  ]);
});

test('a voucher is good on the day before its end, and says so', async () => {
  const endsAtMs = new Date(2031, 5, 2).getTime();
  const hub = await openWallet({ [WALLET]: wallet([voucher('v', { endsAtMs })]) });
  expect(lines(hub, 'v')).toContain('Valid until June 1, 2031');
});

test('copies a code and says so', async () => {
  const write = vi.fn(async (_: string) => {});
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(Object.assign(new EventTarget(), clipboard(write)));
  const hub = await openWallet({ [WALLET]: wallet([voucher('v')]) });
  hub.control('Copy code CODE-V').click();
  await vi.waitFor(() => expect(hub.find('[role=status]').textContent).toBe('Copied'));
  expect(write.mock.calls).toEqual([['CODE-V']]);
});

const clipboard = (writeText: (text: string) => Promise<void>) => ({
  writeText,
  read: async () => [],
  readText: async () => '',
  write: async () => {},
});

test('selects the code where the clipboard is not to be had', async () => {
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(
    Object.assign(
      new EventTarget(),
      clipboard(() => Promise.reject(new Error('no'))),
    ),
  );
  const hub = await openWallet({ [WALLET]: wallet([voucher('v')]) });
  const select = vi.spyOn(Selection.prototype, 'selectAllChildren');
  hub.control('Copy code CODE-V').click();
  await vi.waitFor(() => expect(select).toHaveBeenCalledWith(hub.find('.code bdi')));
});

test('leads to the cart where the shop has a link, and only with what can be used now', async () => {
  const applyUrl = 'https://shop.example/discount/X';
  const items = [
    voucher('yes', { applyUrl }),
    voucher('no', { applyUrl, applicable: false }),
    voucher('busy', { applyUrl, status: 'locked' }),
    voucher('none'),
  ];
  const hub = await openWallet({ [WALLET]: wallet(items) });
  expect(hub.all('.voucher a').map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['Use now: CODE-YES', applyUrl],
  ]);
});

test('holds the vouchers against the cart that the page tells', async () => {
  const hub = await openWallet({ [WALLET]: wallet([voucher('v')]) }, { fetchCart: async () => CART });
  expect(carts(hub)).toEqual([{ cart: CART }]);
});

test.each([
  ['answers nothing', () => undefined],
  ['throws', () => Promise.reject(new Error('broken'))],
])('asks without a cart where the page %s', async (_, fetchCart) => {
  const hub = await openWallet({ [WALLET]: wallet([voucher('v')]) }, { fetchCart });
  expect([carts(hub), names(hub)]).toEqual([[{ cart: null }], ['Voucher v']]);
});

test('asks without a cart where the page takes too long to tell it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const fetchCart = () => new Promise<never>(() => {});
  const hub = await setUp({ answers: { [WALLET]: wallet([voucher('v')]) }, embed: { fetchCart } });
  await hub.open({ target: 'rewards/vouchers' });
  await vi.waitFor(() => hub.find('#panel-rewards .bone'));
  await vi.advanceTimersByTimeAsync(3_000);
  await vi.waitFor(() => expect(names(hub)).toEqual(['Voucher v']));
  expect(carts(hub)).toEqual([{ cart: null }]);
});

test('asks again without a cart that the API refuses: the vouchers are shown all the same', async () => {
  const answer = ({ body }: { body: unknown }) =>
    JSON.stringify(body) === '{"cart":null}' ? wallet([voucher('v')]) : problem(400, 'invalid_request');
  const hub = await openWallet({ [WALLET]: answer }, { fetchCart: () => ({ ...CART, currency: 'euro' }) });
  expect([carts(hub).length, names(hub)]).toEqual([2, ['Voucher v']]);
});

test.each([
  ['EUR', 1_900, 950],
  ['JPY', 19, 10],
  ['KWD', 19_000, 9_500],
])('reads the cart of a Shopify theme in %s, hundredths made minor units', async (currency, totalMinor, priceMinor) => {
  Object.assign(window, { Shopify: { routes: { root: '/de/' } } });
  const cart = 'GET /de/cart.js';
  const hub = await openWallet({ [WALLET]: wallet([voucher('v')]), [cart]: { ...SHOPIFY_CART, currency } });
  expect(carts(hub)).toEqual([
    { cart: { currency, totalMinor, items: [{ productId: '11', variantId: '12', quantity: 2, priceMinor }] } },
  ]);
});

test('shows what is left on a gift card, and its moves when they are asked for', async () => {
  const moves = [
    {
      id: '2',
      atMs: Date.UTC(2026, 0, 5, 12),
      kind: 'spent',
      amountMinor: -1_260,
      balanceMinor: 1_240,
      orderName: '#7',
    },
    {
      id: '1',
      atMs: Date.UTC(2026, 0, 2, 12),
      kind: 'added',
      amountMinor: 2_500,
      balanceMinor: 2_500,
      orderName: null,
    },
  ];
  const hub = await openWallet({
    [WALLET]: wallet([giftCard('g')]),
    [MOVES]: { items: moves.slice(0, 1), nextCursor: 'c' },
    [`${MOVES}?cursor=c`]: { items: moves.slice(1), nextCursor: null },
  });
  expect(lines(hub, 'g')).toEqual(['Voucher g', '€12.40 left of €25.00']);
  expect(hub.api.lines()).not.toContain(MOVES);
  const button = hub.control('Transactions CODE-G');
  button.click();
  await vi.waitFor(() => expect(hub.all('.moves li')).toHaveLength(1));
  expect(button.getAttribute('aria-expanded')).toBe('true');
  hub.control('Show more').click();
  await vi.waitFor(() => expect(hub.all('.moves li')).toHaveLength(2));
  expect(seen(hub.find('.moves')).join(' ')).toBe('Spent, order #7 Jan 5, 2026 -€12.60 Added Jan 2, 2026 €25.00');
  button.click();
  await hub.settled();
  expect(hub.all('.moves')).toEqual([]);
});

test('says that the moves did not come, and asks again', async () => {
  const hub = await openWallet({ [WALLET]: wallet([giftCard('g')]), [MOVES]: problem(503, 'unavailable') });
  hub.control('Transactions CODE-G').click();
  await vi.waitFor(() => hub.find('[role=alert]'));
  hub.api.answer({ [MOVES]: { items: [], nextCursor: null } });
  hub.control('Try again').click();
  await vi.waitFor(() => expect(hub.find('.voucher').innerText).toContain('Nothing here yet'));
});

test('tells what a checkout keeps of a gift card', async () => {
  const own = worth({ kind: 'gift_card', amountMinor: 2_500, balanceMinor: 2_000, lockedMinor: 700 });
  const hub = await openWallet({ [WALLET]: wallet([voucher('g', { worth: own })]) });
  expect(lines(hub, 'g')).toEqual(['Voucher g', '€20.00 left of €25.00', 'In a checkout right now: €7.00']);
});

test('gives a reward back from the wallet, says so, and asks for the wallet and the balance again', async () => {
  const hub = await openWallet({
    [WALLET]: wallet([voucher('v', { undoUntilMs: Date.now() + 600_000 })]),
    [UNDO]: { points: 500, balance: 1_740 },
  });
  hub.api.answer({ [WALLET]: wallet([voucher('v', { status: 'returned' })]) });
  hub.control('Undo CODE-V').click();
  await vi.waitFor(() =>
    expect(seen(hub.find('.undone'))).toEqual(['Undone. Back with you: 500 points', 'You now have 1,740 points']),
  );
  expect(focused()).toBe(hub.find('.undone'));
  await vi.waitFor(() => expect(names(hub)).toEqual([]));
  expect(hub.api.lines().slice(-3)).toEqual([UNDO, 'GET /hub/v1/me', WALLET]);
});

test('goes on where the page ends', async () => {
  const hub = await openWallet({
    [WALLET]: wallet([voucher('a')], 'c/1'),
    [`${WALLET}&cursor=c%2F1`]: wallet([voucher('b')]),
  });
  hub.control('Show more').click();
  await vi.waitFor(() => expect(names(hub)).toEqual(['Voucher a', 'Voucher b']));
  expect(hub.text()).not.toContain('Show more');
});

test('says that nothing is held, and that nothing could be loaded', async () => {
  const hub = await openWallet({ [WALLET]: problem(503, 'unavailable') });
  expect(hub.text()).toContain('Something did not load');
  hub.api.answer({ [WALLET]: wallet([]) });
  hub.control('Try again').click();
  await vi.waitFor(() => expect(hub.text()).toContain('No vouchers yet'));
});
