import { expect, test, vi } from 'vitest';
import { problem } from './fake-api.ts';
import { activity, DAY_MS, emptyCustomer, points, shop, signedIn } from './fixtures.ts';
import { focused, found, openHub, seen } from './harness.ts';
import { EARNING, earning, tier } from './programme.ts';

const SESSION = 'POST /hub/v1/session';
const PAGE = 'GET /hub/v1/activity';
const JOIN = 'PUT /hub/v1/membership';

test('shows the balance, what it is worth and what ends next', async () => {
  const hub = await openHub();
  expect(seen(hub.find('.card'))).toEqual(['1,240', 'points', 'Worth €12.40', '120 points expire on May 3, 2031']);
});

test.each([
  ['EUR', 'de-DE', 123456, 'Wert: 1.234,56 €'],
  ['JPY', 'en', 1234, 'Worth ¥1,234'],
  ['KWD', 'en', 1234, 'Worth KWD 1.234'],
  ['HUF', 'en', 123400, 'Worth HUF 1,234'],
  ['HUF', 'en', 123450, 'Worth HUF 1,234.50'],
  ['nonsense', 'en', 1234, 'Worth 12.34 nonsense'],
])('writes %s in %s by the minor units of ISO 4217', async (currency, locale, worthMinor, expected) => {
  const view = signedIn({ points: points({ balance: 1, worthMinor }) });
  const hub = await openHub({ embed: { locale }, answers: { [SESSION]: { ...view, shop: { ...shop, currency } } } });
  expect(hub.find('.worth').textContent?.replace(/\s/g, ' ')).toBe(expected);
});

test.each([
  ['en', 1, 'point'],
  ['en', 0, 'points'],
  ['de', 1, 'Punkt'],
  ['de', 2, 'Punkte'],
  ['ar', 2, 'نقطتان'],
  ['ar', 5, 'نقاط'],
])('speaks of points in %s: %i %s', async (locale, balance, word) => {
  const view = signedIn({ points: points({ balance }) });
  const hub = await openHub({ embed: { locale }, answers: { [SESSION]: view } });
  expect(hub.find('.balance-number span').textContent).toBe(word);
});

test('shows no worth for no points, and says apart what is owed', async () => {
  const view = signedIn({ points: points({ owed: 20, worthMinor: 0 }) });
  const hub = await openHub({ answers: { [SESSION]: view } });
  expect(seen(hub.find('.card'))).toEqual([
    '0',
    'points',
    'Your next 20 points make up for points that were taken back.',
  ]);
});

test('tells what happened, when, and by how much', async () => {
  const latest = [
    activity('1', { atMs: Date.now() - DAY_MS }),
    activity('2', { kind: 'adjusted', reason: 'Thank you for the review', points: 50, orderName: null }),
    activity('3', { kind: 'spent', points: -500, orderName: null }),
  ];
  const hub = await openHub({ answers: { [SESSION]: signedIn({ activity: latest }) } });
  const entries = hub
    .all('.entry')
    .map((entry) => [
      entry.querySelector('.entry-title')?.textContent,
      entry.querySelector('.entry-points > [aria-hidden]')?.textContent,
    ]);
  expect(entries).toEqual([
    ['Points earned, order #1001', '+86'],
    ['Thank you for the review', '+50'],
    ['Points spent', '-500'],
  ]);
  expect(hub.find('.entry-date').textContent).toBe('yesterday');
  expect(hub.text()).not.toContain('All activity');
});

test('pages through all activity by cursor, never showing an entry twice', async () => {
  const latest = ['5', '4', '3', '2', '1'].map((id) => activity(id));
  const hub = await openHub({
    answers: {
      [SESSION]: signedIn({ activity: latest }),
      [PAGE]: { items: [...latest, activity('0')], nextCursor: 'c/1' },
      [`${PAGE}?cursor=c%2F1`]: { items: [activity('-1')], nextCursor: null },
    },
  });
  hub.control('All activity').click();
  await vi.waitFor(() => expect(hub.all('.entry')).toHaveLength(6));
  hub.control('Earlier activity').click();
  await vi.waitFor(() => expect(hub.all('.entry')).toHaveLength(7));
  expect(hub.text()).not.toContain('Earlier activity');
  expect(hub.api.calls.at(-1)?.authorization).toBe('Bearer bearer-1');
});

test('keeps what is there when more activity does not come, and can be asked again', async () => {
  const hub = await openHub({ answers: { [PAGE]: problem(503, 'unavailable') } });
  hub.control('All activity').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain('Something did not load'));
  expect(hub.all('.entry')).toHaveLength(5);
  hub.api.answer({ [PAGE]: { items: [activity('a9')], nextCursor: null } });
  hub.control('All activity').click();
  await vi.waitFor(() => expect(hub.all('.entry')).toHaveLength(6));
  expect(hub.all('[role=alert]')).toEqual([]);
});

test('greets a shopper without a name and says that nothing has happened yet', async () => {
  const hub = await openHub({ answers: { [SESSION]: { ...signedIn(), customer: emptyCustomer } } });
  expect(hub.text()).toContain('Nordlicht Hello For you Rewards Orders Profile 0 points Ways to earn Nothing here yet');
});

test('follows the shop where neither the tag nor the page says a language', async () => {
  document.documentElement.lang = '';
  try {
    const view = { ...signedIn(), shop: { ...shop, locale: 'de_DE' } };
    const hub = await openHub({ embed: { locale: null }, answers: { [SESSION]: view } });
    await vi.waitFor(() => expect(hub.text()).toContain('Hallo, Ada'));
    expect(hub.element.lang).toBe('de-DE');
  } finally {
    document.documentElement.lang = 'en';
  }
});

test('falls back to plain English, numbers included, for a language that it does not have', async () => {
  const hub = await openHub({ embed: { locale: 'he' } });
  expect([hub.element.lang, hub.element.dir]).toEqual(['en', 'ltr']);
  expect(hub.text()).toContain('1,240 points');
});

test.each([
  [{ points: 86, nextAtMs: Date.UTC(2031, 4, 3, 12) }, 'On the way: 86 points, from May 3, 2031'],
  [{ points: 1, nextAtMs: null }, 'On the way: 1 point, once your parcel has arrived'],
])('tells what is on its way, and from when it counts: %#', async (pending, words) => {
  const hub = await openHub({ answers: { [SESSION]: signedIn({ points: points({ balance: 10, pending }) }) } });
  expect(seen(hub.find('.card'))).toEqual(['10', 'points', words]);
});

test('names an entry for its rule or reward, and says beside the date what it was', async () => {
  const latest = [
    activity('1', { title: 'Product review', orderName: null, atMs: Date.now() - DAY_MS }),
    activity('2', { title: 'Double points', orderName: '#7', atMs: Date.now() - DAY_MS }),
  ];
  const hub = await openHub({ answers: { [SESSION]: signedIn({ activity: latest }) } });
  expect(hub.all('.entry-what').map(seen)).toEqual([
    ['Product review', 'Points earned · yesterday'],
    ['Double points, order #7', 'Points earned · yesterday'],
  ]);
});

test.each([
  ['en', 'birthday', 'Your birthday'],
  ['de', 'referral', 'Erste Bestellung von Freunden'],
] as const)('says in %s what no merchant has a name for: %s', async (locale, occasion, words) => {
  const latest = [activity('1', { orderName: null, occasion })];
  const hub = await openHub({ embed: { locale }, answers: { [SESSION]: signedIn({ activity: latest }) } });
  expect(hub.find('.entry-title').textContent).toBe(words);
});

test('shows the tier, how far the next one is, what keeping it takes, and the perks of both', async () => {
  const hub = await openHub({ answers: { [SESSION]: signedIn({ tier: tier() }) } });
  expect(seen(hub.find('.tier'))).toEqual([
    'Your level',
    'Fern',
    '€125.00 to go until Kettle',
    'To keep Fern beyond May 3, 2031: €25.00 to go',
    'With Fern you get',
    'Half as many points again',
    'With Kettle you get',
    'Double points',
  ]);
  const bar = found(hub.root.querySelector('progress'), 'bar');
  expect([bar.value, bar.max]).toEqual([12_500, 25_000]);
  expect(hub.find(`#${bar.getAttribute('aria-labelledby')}`).textContent).toBe('€125.00 to go until Kettle');
});

test.each([
  ['points', 1, '1 point to go until Kettle'],
  ['points', 120, '120 points to go until Kettle'],
  ['spent', 120, '€1.20 to go until Kettle'],
  ['orders', 1, '1 order to go until Kettle'],
  ['orders', 2, '2 orders to go until Kettle'],
  ['referrals', 1, '1 friend to go until Kettle'],
] as const)('counts by %s: %i is “%s”', async (metric, missing, words) => {
  const next = { name: 'Kettle', perks: [], threshold: 500, missing };
  const hub = await openHub({ answers: { [SESSION]: signedIn({ tier: tier({ metric, next }) }) } });
  expect(hub.find('.tier-missing').textContent).toBe(words);
});

test('says who is on the way to a first tier, at the top of the highest, and has done enough', async () => {
  const first = await openHub({ answers: { [SESSION]: signedIn({ tier: tier({ current: null, keep: null }) }) } });
  expect(seen(first.find('.tier')).slice(1, 3)).toEqual(['On the way to Kettle', '€125.00 to go until Kettle']);
  first.element.remove();
  const kept = tier({ next: null, keep: { untilMs: Date.UTC(2031, 4, 3, 12), missing: null } });
  const last = await openHub({ answers: { [SESSION]: signedIn({ tier: kept }) } });
  expect(seen(last.find('.tier')).slice(1, 4)).toEqual([
    'Fern',
    'You have reached the highest level.',
    'You have done enough to keep Fern beyond May 3, 2031.',
  ]);
});

test('asks for the ways to earn when they are opened, and says what each gives, for what, and when again', async () => {
  const hub = await openHub({ answers: { [EARNING]: earning } });
  expect(hub.api.lines()).toEqual([SESSION]);
  const opener = hub.control('Ways to earn');
  expect(opener.getAttribute('aria-expanded')).toBe('false');
  opener.click();
  await vi.waitFor(() => hub.find('#ways .entry'));
  expect([opener.getAttribute('aria-expanded'), hub.api.lines()]).toEqual(['true', [SESSION, EARNING]]);
  expect(seen(hub.find('.bonus')).join(' ')).toBe('Advent Until December 24, 2031');
  expect(hub.all('#ways .entry').map(seen)).toEqual([
    ['Every order', 'For orders from €20.00', '2 points for every €1.00'],
    ['Product review', 'Again from May 3, 2031', '20 points'],
    ['Newsletter', '✓ Done', 'A tin of tea'],
  ]);
});

test('says that the ways to earn did not come, and asks again', async () => {
  const hub = await openHub({ answers: { [EARNING]: problem(503, 'unavailable') } });
  hub.control('Ways to earn').click();
  await vi.waitFor(() => hub.find('[role=alert]'));
  hub.api.answer({ [EARNING]: { items: [], bonuses: [] } });
  hub.control('Try again').click();
  await vi.waitFor(() => expect(hub.text()).toContain('There is nothing to earn right now.'));
});

test('shows no ways to earn where the shop has none', async () => {
  const view = { ...signedIn(), shop: { ...shop, programme: { ...shop.programme, earning: false } } };
  const hub = await openHub({ answers: { [SESSION]: view } });
  expect(hub.text()).not.toContain('Ways to earn');
});

const joining = { ...shop, programme: { ...shop.programme, joining: true } };
const candidate = signedIn({ participation: 'candidate', points: points({ balance: 30 }), tier: tier() });

test('invites who can join, tells what waits for them, and shows the new view once they have', async () => {
  const joined = { ...signedIn({ points: points({ balance: 80 }) }), shop: joining };
  const hub = await openHub({
    answers: { [SESSION]: { ...candidate, shop: joining }, [JOIN]: { state: 'member' }, 'GET /hub/v1/me': joined },
  });
  expect(seen(hub.find('.card'))).toEqual([
    'Join in at Nordlicht',
    'Collect points and turn them into rewards.',
    'Waiting for you: 30 points',
    'Join now',
  ]);
  expect(hub.all('.tier')).toEqual([]);
  hub.control('Join now').click();
  await vi.waitFor(() => expect(seen(hub.find('.card'))).toEqual(['80', 'points']));
  const asked = hub.api.calls.find(({ line }) => line === JOIN);
  expect(asked?.body).toEqual({ state: 'member' });
  await vi.waitFor(() => expect(focused()).toBe(hub.find('[data-heading]')));
});

test('says that joining was not saved, and can be asked again', async () => {
  const hub = await openHub({
    answers: { [SESSION]: { ...candidate, shop: joining }, [JOIN]: problem(503, 'unavailable') },
  });
  hub.control('Join now').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain('not saved'));
  expect(hub.control('Join now').getAttribute('aria-disabled')).toBe('false');
});

test('shows no points to whom the shop keeps out of its programme', async () => {
  const hub = await openHub({ answers: { [SESSION]: signedIn({ participation: 'disabled', tier: tier() }) } });
  expect(hub.text()).toContain('For you Vouchers Orders Profile No points in this account');
  expect([hub.all('.card'), hub.all('.tier'), hub.all('.entry')]).toEqual([[], [], []]);
});
