import { expect, test, vi } from 'vitest';
import type { HubView } from '../../worker/wire/hub.ts';
import { later, problem } from './fake-api.ts';
import { customer, shop, signedIn, signedOut, points as standing } from './fixtures.ts';
import { openHub, setUp } from './harness.ts';

const SESSION = 'POST /hub/v1/session';
const ME = 'GET /hub/v1/me';
const points = (balance: number) => ({ points: standing({ balance }) });
const me = (balance: number): HubView => ({ shop, customer: customer(points(balance)), session: null });

test('makes no request before it is opened, and exactly one when it is', async () => {
  const hub = await setUp();
  expect(hub.api.lines()).toEqual([]);
  await hub.open();
  await hub.settled();
  expect(hub.api.calls).toEqual([
    {
      line: SESSION,
      url: 'https://edge.example/hub/v1/session',
      authorization: null,
      key: null,
      credentials: 'omit',
      body: { key: 'pk_test', proof: { kind: 'merchant_jwt', token: 'merchant.jwt.1' } },
    },
  ]);
});

test('paints the shell before the answer', async () => {
  const answer = later<HubView>();
  const hub = await setUp({ answers: { [SESSION]: answer.answer } });
  await hub.open();
  expect(hub.text()).toBe('Your account');
  expect(hub.all('.bone').length).toBeGreaterThan(3);
  expect(hub.find('.panel').getAttribute('aria-busy')).toBe('true');
  answer.arrive(signedIn());
  await hub.settled();
  expect(hub.text()).toContain('Hello, Ada');
  expect(hub.find('.panel').getAttribute('aria-busy')).toBe('false');
});

test('shows the last view at once on a later open and asks for the next with the bearer', async () => {
  const answer = later<HubView>();
  const hub = await openHub({ answers: { [ME]: answer.answer } });
  await closed(hub);
  await hub.open();
  expect(hub.text()).toContain('1,240');
  expect(hub.api.calls.slice(1)).toMatchObject([{ line: ME, authorization: 'Bearer bearer-1' }]);
  answer.arrive(me(1250));
  await vi.waitFor(() => expect(hub.text()).toContain('1,250'));
  expect(hub.find('[role=status]').textContent).toBe('You now have 1,250 points');
});

test('renews the session with a new proof when it ends within a minute', async () => {
  const soon = { ...signedIn(), session: { token: 'bearer-1', expiresAtMs: Date.now() + 59_000, nowMs: Date.now() } };
  const tokens = ['merchant.jwt.1', 'merchant.jwt.2'];
  const fetchToken = async () => tokens.shift();
  const hub = await openHub({ answers: { [SESSION]: soon }, embed: { fetchToken } });
  await closed(hub);
  await hub.open();
  await vi.waitFor(() => expect(hub.api.lines()).toEqual([SESSION, SESSION]));
  expect(hub.api.calls[1]?.body).toMatchObject({ proof: { token: 'merchant.jwt.2' } });
});

test('renews the session once on a 401, and no more than once', async () => {
  const hub = await openHub(
    { answers: { 'GET /hub/v1/orders/1001': problem(401, 'unauthorized') } },
    { target: 'orders/1001' },
  );
  await vi.waitFor(() => expect(hub.text()).toContain('Something did not load'));
  expect(hub.api.lines().filter((line) => line !== SESSION)).toEqual([
    'GET /hub/v1/orders/1001',
    'GET /hub/v1/orders/1001',
  ]);
  expect(hub.api.lines().filter((line) => line === SESSION)).toHaveLength(2);
});

test('takes the view that a renewal brings when the bearer was refused', async () => {
  const hub = await openHub({ answers: { [ME]: problem(401, 'unauthorized') } });
  hub.api.answer({ [SESSION]: signedIn(points(77), 'bearer-2') });
  await closed(hub);
  await hub.open();
  await vi.waitFor(() => expect(hub.text()).toContain('77'));
  expect(hub.api.lines()).toEqual([SESSION, ME, SESSION]);
});

test('keeps the bearer and the proof out of the document and of every storage', async () => {
  const hub = await openHub();
  const kept = [
    document.documentElement.outerHTML,
    hub.root.innerHTML,
    JSON.stringify(localStorage),
    JSON.stringify(sessionStorage),
    document.cookie,
    location.href,
  ].join();
  expect(kept).not.toContain('bearer-1');
  expect(kept).not.toContain('merchant.jwt.1');
});

test('ignores an answer that arrives after the shopper has changed', async () => {
  const slow = later<HubView>();
  const hub = await setUp({ answers: { [SESSION]: slow.answer } });
  await hub.open();
  hub.api.answer({ [SESSION]: signedIn({ firstName: 'Grace' }) });
  hub.drawer.forget();
  await vi.waitFor(() => expect(hub.text()).toContain('Hello, Grace'));
  slow.arrive(signedIn());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(hub.text()).toContain('Hello, Grace');
});

test('drops the views of the last shopper at once when the shopper changes', async () => {
  const hub = await openHub(
    { answers: { 'GET /hub/v1/orders/1001': problem(404, 'not_found') } },
    { target: 'orders' },
  );
  hub.api.answer({ [SESSION]: () => new Promise(() => {}) });
  hub.drawer.forget();
  await hub.element.updateComplete;
  expect(hub.text()).toBe('Your account');
});

test('asks for the view without a proof once the page has signed its shopper out', async () => {
  const hub = await setUp({ answers: { [SESSION]: signedOut } });
  hub.embed.guest = true;
  await hub.open();
  await hub.settled();
  expect(hub.api.calls).toMatchObject([{ line: SESSION, body: { key: 'pk_test', proof: null } }]);
});

test('lets two calls that find the bearer ended share one renewal', async () => {
  const ended = { ...signedIn(), session: { token: 'bearer-1', expiresAtMs: Date.now() + 1000, nowMs: Date.now() } };
  const hub = await openHub({ answers: { [SESSION]: ended } });
  hub.api.answer({ [SESSION]: signedIn({}, 'bearer-2') });
  await Promise.allSettled([
    hub.element.session.get('/hub/v1/orders/1', new AbortController().signal),
    hub.element.session.get('/hub/v1/orders/2', new AbortController().signal),
  ]);
  expect(hub.api.lines().filter((line) => line === SESSION)).toHaveLength(2);
});

test('offers a retry and the plain account page when the hub does not answer', async () => {
  const hub = await setUp({ answers: { [SESSION]: problem(503, 'unavailable') } });
  await hub.open({ href: '/account' });
  await vi.waitFor(() => expect(hub.text()).toContain('Something did not load'));
  expect(hub.control('Go to the account page').getAttribute('href')).toBe(new URL('/account', location.href).href);
  hub.api.answer({ [SESSION]: signedIn() });
  hub.control('Try again').click();
  await vi.waitFor(() => expect(hub.text()).toContain('Hello, Ada'));
});

test('keeps what it has, and says that it may be old, when a later open gets no answer', async () => {
  const hub = await openHub({ answers: { [ME]: problem(503, 'unavailable') } });
  await closed(hub);
  await hub.open();
  await vi.waitFor(() => expect(hub.text()).toContain('This may be out of date.'));
  expect(hub.text()).toContain('1,240');
});

async function closed(hub: { drawer: { close(): void }; dialog: HTMLDialogElement }): Promise<void> {
  hub.drawer.close();
  await vi.waitFor(() => expect(hub.dialog.open).toBe(false));
}

test.each([
  ['an hour late', -3_600_000],
  ['an hour early', 3_600_000],
])('asks as often as ever where the browser’s clock is %s', async (_, wrongMs) => {
  const [view, offered] = [signedIn(), { balance: 1_240, items: [] }];
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + wrongMs });
  const hub = await openHub({ answers: { [SESSION]: view, 'GET /hub/v1/rewards': offered } }, { target: 'rewards' });
  await vi.waitFor(() => expect(hub.text()).toContain('No rewards right now'));
  await hub.settled();
  expect(hub.api.lines()).toEqual([SESSION, 'GET /hub/v1/rewards']);
});
