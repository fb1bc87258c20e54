import { expect, test, vi } from 'vitest';
import { detail, signedIn, signedOut } from './fixtures.ts';
import { found } from './harness.ts';
import { WALLET } from './programme.ts';
import { type Storefront, storefront } from './storefront.ts';

const SESSION = 'POST /hub/v1/session';
const ACCOUNT = '<a id="account" href="/account">Account</a>';
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));
const isUntouched = async (shop: Storefront): Promise<void> => {
  await quiet();
  expect([shop.dialog(), shop.chunks(), shop.api.lines()]).toEqual([null, [], []]);
};

test('asks for nothing before somebody means to use it', async () => {
  const shop = await storefront({ html: `${ACCOUNT}<a id="other" href="/products">Products</a>` });
  shop.find('#other').dispatchEvent(new shop.page.PointerEvent('pointerover', { bubbles: true }));
  shop.page.document.body.click();
  await isUntouched(shop);
});

test.each(['pointerover', 'focusin', 'touchstart'])(
  'fetches the drawer on %s, and nothing from the API',
  async (type) => {
    const shop = await storefront({ html: ACCOUNT });
    shop.find('#account').dispatchEvent(new shop.page.Event(type, { bubbles: true, composed: true }));
    await vi.waitFor(() => expect(shop.chunks().some((path) => path.includes('/drawer-'))).toBe(true));
    await vi.waitFor(() => expect(shop.chunks().some((path) => path.includes('/for-you-'))).toBe(true));
    expect([shop.dialog(), shop.api.lines()]).toEqual([null, []]);
  },
);

test('after the intent a press makes exactly one request of any kind', async () => {
  const shop = await storefront({ html: ACCOUNT });
  shop.find('#account').dispatchEvent(new shop.page.PointerEvent('pointerover', { bubbles: true }));
  await vi.waitFor(() => expect(shop.chunks().some((path) => path.includes('/for-you-'))).toBe(true));
  await quiet();
  const before = shop.chunks();
  expect(shop.press('#account')).toBe(true);
  await shop.opened();
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('1,240'));
  expect([shop.api.lines(), shop.chunks()]).toEqual([[SESSION], before]);
  expect(shop.api.calls[0]?.url).toBe(`${location.origin}/hub/v1/session`);
});

test.each([
  ['with Ctrl', { ctrlKey: true }],
  ['with Cmd', { metaKey: true }],
  ['with Shift', { shiftKey: true }],
  ['with Alt', { altKey: true }],
  ['with the middle button', { button: 1 }],
])('leaves a press %s to the browser', async (_, event) => {
  const shop = await storefront({ html: ACCOUNT });
  expect(shop.press('#account', event)).toBe(false);
  await isUntouched(shop);
});

test('leaves a link that opens a new window, and one that opts out', async () => {
  const shop = await storefront({
    html: `<a id="blank" href="/account" target="_blank">A</a><p data-regulars-ignore><a id="out" href="/account">B</a></p>`,
  });
  expect([shop.press('#blank'), shop.press('#out')]).toEqual([false, false]);
  await isUntouched(shop);
});

test('leaves a press that the page has handled already', async () => {
  const shop = await storefront({
    html: ACCOUNT,
    before: (page) => page.addEventListener('click', (event) => event.preventDefault(), true),
  });
  shop.press('#account');
  await isUntouched(shop);
});

test('does not touch links on a checkout page', async () => {
  const shop = await storefront({ path: '/storefront/checkout', html: ACCOUNT });
  expect(shop.press('#account')).toBe(false);
  await isUntouched(shop);
});

test.each([
  ['a link in a shadow root', '<div id="host"></div>', '#host'],
  ['an element that asks for it', '<button id="own" data-regulars-open="orders"><b>Orders</b></button>', '#own b'],
  ['a link to #hub', '<a id="own" href="#hub/orders">Orders</a>', '#own'],
  ['an icon inside the link', '<a href="/account"><svg id="own"><path d="M0 0"/></svg></a>', '#own'],
])('opens by %s', async (_, html, selector) => {
  const shop = await storefront({ html });
  const host = shop.page.document.querySelector('#host');
  if (host) {
    host.attachShadow({ mode: 'open' }).innerHTML = '<a href="/account"><i>Account</i></a>';
    const icon = host.shadowRoot?.querySelector('i');
    icon?.dispatchEvent(new shop.page.MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
  } else expect(shop.press(selector)).toBe(true);
  await shop.opened();
  const tab = html.includes('orders') ? 'tab-orders' : 'tab-for-you';
  await vi.waitFor(() => expect(shop.dialog()?.querySelector('[aria-selected=true]')?.id).toBe(tab));
});

test('leaves links inside the drawer alone', async () => {
  const shop = await storefront({ html: ACCOUNT, answers: { [SESSION]: signedOut } });
  shop.press('#account');
  const link = await vi.waitFor(() => found(shop.dialog()?.querySelector('a[href$="/account/login"]'), 'sign-in link'));
  const taken: boolean[] = [];
  const last = (event: Event): void => {
    taken.push(event.defaultPrevented);
    event.preventDefault();
  };
  shop.page.addEventListener('click', last, { once: true });
  link.dispatchEvent(new shop.page.MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
  expect(taken).toEqual([false]);
});

test('follows the link when the drawer cannot load', async () => {
  const shop = await storefront({ html: ACCOUNT, chunks: 'gone' });
  shop.press('#account');
  await vi.waitFor(() => expect(shop.page.document.title).toBe('Account page'));
});

test('follows the link when the drawer takes longer than three seconds', async () => {
  const shop = await storefront({ html: ACCOUNT, chunks: 'never' });
  const from = performance.now();
  shop.press('#account');
  await vi.waitFor(() => expect(shop.page.document.title).toBe('Account page'), { timeout: 5000 });
  expect(performance.now() - from).toBeGreaterThan(2900);
});

test('opens by a deep link on load, by a later one, and clears it when it closes', async () => {
  const answers = { 'GET /hub/v1/orders/1001': detail('1001') };
  const shop = await storefront({ path: '/storefront#hub/orders/1001', answers });
  await shop.opened();
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Order #1001'));
  shop.hub.close();
  await vi.waitFor(() => expect(shop.page.location.hash).toBe(''));
  shop.page.location.hash = '#hub';
  await shop.opened();
});

test('takes over <shopify-account>, and stops it from opening its own sheet', async () => {
  const shop = await storefront({ html: '<shopify-account><button id="avatar">Me</button></shopify-account>' });
  const sheet = vi.fn();
  shop.find('shopify-account').addEventListener('click', sheet);
  expect(shop.press('#avatar')).toBe(true);
  await shop.opened();
  expect(sheet).not.toHaveBeenCalled();
});

test('lets <shopify-account> sign the shopper in first where the page knows them as a guest, then opens', async () => {
  const shop = await storefront({
    html: '<shopify-account><button id="avatar">Me</button></shopify-account>',
    tag: { 'data-signed-in': 'false' },
  });
  expect(shop.press('#avatar')).toBe(false);
  await isUntouched(shop);
  shop.page.document.dispatchEvent(new shop.page.CustomEvent('storefront:signincompleted'));
  await shop.opened();
});

test('asks again for whoever is there after a sign-in on the page', async () => {
  const shop = await storefront({ html: ACCOUNT, answers: { [SESSION]: signedOut } });
  shop.press('#account');
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Sign in'));
  shop.api.answer({ [SESSION]: signedIn() });
  shop.page.document.dispatchEvent(new shop.page.CustomEvent('storefront:signincompleted'));
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Hello, Ada'));
});

test.each(['before', 'after'])('takes an identity that the page gives %s the script has run', async (when) => {
  const identify = (page: Window): void => {
    // biome-ignore lint/suspicious/noAssignInExpressions: the documented line, as pages have it
    (page.regulars ||= []).push((hub) => hub.identify(async () => 'page.jwt.1'));
  };
  const shop = await storefront({ html: ACCOUNT, ...(when === 'before' && { before: identify }) });
  if (when === 'after') identify(shop.page);
  shop.hub.open('orders');
  await vi.waitFor(() => expect(shop.api.calls).toHaveLength(1));
  expect(shop.api.calls[0]?.body).toEqual({ key: 'pk_test', proof: { kind: 'merchant_jwt', token: 'page.jwt.1' } });
});

test('drops the shopper when the page signs them out or names another', async () => {
  const shop = await storefront({ html: ACCOUNT });
  shop.hub.identify(async () => 'first.jwt.1');
  shop.hub.open();
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Hello, Ada'));
  shop.api.answer({ [SESSION]: signedOut });
  shop.hub.signOut();
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Create an account'));
  shop.api.answer({ [SESSION]: signedIn({ firstName: 'Grace' }) });
  shop.hub.identify(async () => 'second.jwt.1');
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Hello, Grace'));
  const proofs = shop.api.calls.map(({ body }) => JSON.stringify(body).match(/(first|second)\.jwt\.1/)?.[0] ?? null);
  expect(proofs).toEqual(['first.jwt.1', null, 'second.jwt.1']);
});

test('does not ask the token address for a shopper who has signed out', async () => {
  const shop = await storefront({
    tag: { 'data-token-url': '/my/jwt' },
    answers: { 'GET /my/jwt': Response.json({ token: 'url.jwt.1' }) },
  });
  shop.hub.signOut();
  shop.hub.open();
  await vi.waitFor(() => expect(shop.api.lines()).toEqual([SESSION]));
  expect(shop.api.calls[0]?.body).toEqual({ key: 'pk_test', proof: null });
});

test('reads its own tag: token address, locale, extra paths', async () => {
  const shop = await storefront({
    html: '<a id="club" href="/de/club">Club</a>',
    tag: { 'data-token-url': '/my/jwt', 'data-locale': 'de', 'data-account-paths': '/club, /vip' },
    answers: { 'GET /my/jwt': Response.json({ token: 'url.jwt.1' }) },
  });
  expect(shop.press('#club')).toBe(true);
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('Hallo, Ada'));
  expect(shop.api.lines()).toEqual(['GET /my/jwt', SESSION]);
});

test('INV-11: works where the page forbids inline style and every script and Trusted Types policy but ours', async () => {
  const violations: string[] = [];
  const shop = await storefront({
    path: '/strict',
    before: (page) =>
      page.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective)),
  });
  shop.press('a');
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('1,240'));
  expect(violations).toEqual([]);
  expect(shop.page.getComputedStyle(shop.dialog() ?? shop.page.document.body).position).toBe('fixed');
});

test('holds the vouchers against the cart that the page tells', async () => {
  const cart = { currency: 'EUR', totalMinor: 950, items: [{ productId: 'p', quantity: 1, priceMinor: 950 }] };
  const shop = await storefront({ answers: { [WALLET]: { items: [], nextCursor: null } } });
  shop.hub.cart(() => cart);
  shop.hub.open('rewards/vouchers');
  await vi.waitFor(() => expect(shop.dialog()?.textContent).toContain('No vouchers yet'));
  expect(shop.api.calls.find(({ line }) => line === WALLET)?.body).toEqual({ cart });
});
