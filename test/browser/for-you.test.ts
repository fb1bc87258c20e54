import { expect, test, vi } from 'vitest';
import { problem } from './fake-api.ts';
import { activity, DAY_MS, emptyCustomer, shop, signedIn } from './fixtures.ts';
import { openHub, seen } from './harness.ts';

const SESSION = 'POST /hub/v1/session';
const PAGE = 'GET /hub/v1/activity';

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
  const view = signedIn({ points: { balance: 1, worthMinor, nextExpiry: null } });
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
  const points = { balance, worthMinor: null, nextExpiry: null };
  const hub = await openHub({ embed: { locale }, answers: { [SESSION]: signedIn({ points }) } });
  expect(hub.find('.balance-number span').textContent).toBe(word);
});

test('shows no worth for a debt and says how it goes away', async () => {
  const points = { balance: -20, worthMinor: -20, nextExpiry: null };
  const hub = await openHub({ answers: { [SESSION]: signedIn({ points }) } });
  expect(seen(hub.find('.card'))).toEqual(['-20', 'points', 'Your next points make up for this.']);
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
  expect(hub.text()).toContain('Nordlicht Hello For you Orders Profile 0 points Nothing here yet');
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
