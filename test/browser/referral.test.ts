import { afterEach, expect, test, vi } from 'vitest';
import { problem } from './fake-api.ts';
import { type Hub, openHub, seen } from './harness.ts';
import { REFERRALS, referrals } from './programme.ts';

async function openFriends(answer: object, embed = {}): Promise<Hub> {
  const hub = await openHub({ answers: { [REFERRALS]: answer }, embed }, { target: 'rewards/friends' });
  await vi.waitFor(() => hub.find('.detail-title, .notice, .note'));
  return hub;
}

const statuses = (hub: Hub): string[] => hub.all('.friend').map((one) => seen(one).join(', '));

afterEach(() => {
  Reflect.deleteProperty(navigator, 'share');
  vi.restoreAllMocks();
});

test('shows the link, what both sides get and for which order', async () => {
  const hub = await openFriends(referrals());
  expect(seen(hub.find('.terms'))).toEqual(['Your friend gets', '€5 off your order', 'You get', '150 points']);
  expect(hub.text()).toContain('For orders from €20.00');
  expect(hub.find('.link bdi').textContent).toBe('https://shop.example/?ref=ADA-7KXM');
});

test('says nothing of an order that may come to anything, nor of a gift that there is not', async () => {
  const hub = await openFriends(referrals({ minimumMinor: 0, gift: null }));
  expect(seen(hub.find('.terms'))).toEqual(['Your friend gets', '€5 off your order']);
  expect(hub.text()).not.toContain('For orders from');
});

test('says how many came, and what has become of each', async () => {
  const items = (['completed', 'pending', 'held', 'blocked', 'cancelled', 'expired'] as const).map((status, at) => ({
    status,
    startedAtMs: Date.UTC(2026, 0, 9 - at, 12),
    changedAtMs: Date.UTC(2026, 0, 20),
  }));
  const hub = await openFriends(referrals({ items, completed: 1 }));
  expect(hub.text()).toContain('1 friend has come');
  expect(statuses(hub)).toEqual([
    'Invited Jan 9, 2026, Has ordered',
    'Invited Jan 8, 2026, No order yet',
    'Invited Jan 7, 2026, Being checked',
    'Invited Jan 6, 2026, Does not count',
    'Invited Jan 5, 2026, Order cancelled',
    'Invited Jan 4, 2026, Ran out',
  ]);
});

test.each([
  ['de', 2, '2 Freunde sind gekommen'],
  ['ar', 2, 'أتى صديقان'],
  ['ar', 3, 'أتى \u20683\u2069 أصدقاء'],
])('counts friends in %s: %i', async (locale, completed, words) => {
  const hub = await openFriends(referrals({ completed }), { locale });
  expect(hub.find('.section-title + .note').textContent).toBe(words);
});

test('copies the link and says so', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  const hub = await openFriends(referrals());
  hub.control('Copy link').click();
  await vi.waitFor(() => expect(hub.find('[role=status]').textContent).toBe('Copied'));
  expect(writeText.mock.calls).toEqual([['https://shop.example/?ref=ADA-7KXM']]);
});

test('shares the link where the browser can', async () => {
  const share = vi.fn(() => Promise.reject(new DOMException('', 'AbortError')));
  Object.defineProperty(navigator, 'share', { value: share, configurable: true });
  const hub = await openFriends(referrals());
  hub.control('Share').click();
  expect(share.mock.calls).toEqual([[{ url: 'https://shop.example/?ref=ADA-7KXM', title: 'Nordlicht' }]]);
});

test('offers no sharing where the browser cannot', async () => {
  const hub = await openFriends(referrals());
  expect([...hub.all('.row-actions button')].map((one) => one.textContent)).toEqual(['Copy link']);
});

test('makes the link from the code where the shop has no address for it', async () => {
  const hub = await openFriends(referrals({ link: null, code: 'A B&C' }));
  expect(hub.find('.link bdi').textContent).toBe(`${location.origin}/?ref=A%20B%26C`);
});

test.each([
  ['may not refer', referrals({ mayRefer: false, code: null, link: null })],
  ['has a link that is no web address', referrals({ link: 'javascript:alert(1)' })],
])('shows no link to who %s, and the friends all the same', async (_, answer) => {
  const hub = await openFriends(answer);
  expect([hub.all('.link'), statuses(hub).length]).toEqual([[], 2]);
  expect(hub.text()).toContain('You cannot invite friends right now.');
});

test('says that nobody has come yet', async () => {
  const hub = await openFriends(referrals({ items: [], completed: 0 }));
  expect(hub.text()).toContain('Nobody has come by your link yet.');
});

test('goes on where the page ends, and shows two friends of the same moment', async () => {
  const [one] = referrals().items;
  if (!one) throw new Error('no friend');
  const hub = await openHub(
    {
      answers: {
        [REFERRALS]: referrals({ items: [one, one], nextCursor: 'c' }),
        [`${REFERRALS}?cursor=c`]: referrals({ items: [one], nextCursor: null }),
      },
    },
    { target: 'rewards/friends' },
  );
  await vi.waitFor(() => expect(statuses(hub)).toHaveLength(2));
  hub.control('Show more').click();
  await vi.waitFor(() => expect(statuses(hub)).toHaveLength(3));
  expect(hub.text()).not.toContain('Show more');
});

test('says that it did not load, and asks again', async () => {
  const hub = await openFriends(problem(503, 'unavailable'));
  expect(hub.text()).toContain('Something did not load');
  hub.api.answer({ [REFERRALS]: referrals() });
  hub.control('Try again').click();
  await vi.waitFor(() => hub.find('.link'));
});
