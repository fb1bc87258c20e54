import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { HubConsent } from '../../worker/wire/hub.ts';
import { later, problem } from './fake-api.ts';
import { signedIn } from './fixtures.ts';
import { focused, type Hub, openHub } from './harness.ts';

const PUT = 'PUT /hub/v1/consents/sms';
const saved = (state: HubConsent['state']): HubConsent => ({ channel: 'sms', state, suppression: null });

const channel = (hub: Hub, name: string): HTMLElement => hub.find(`.channel[aria-labelledby=name-${name}]`);
const checked = (hub: Hub): (string | null)[] => hub.all('.channel').map((one) => one.getAttribute('aria-checked'));
const openProfile = (answers = {}, embed = {}): Promise<Hub> => openHub({ answers, embed }, { target: 'profile' });

test('says who the shopper is and what each channel stands at, with the legal line, its links once', async () => {
  const hub = await openProfile();
  expect(hub.all('dd').map((one) => one.textContent)).toEqual(['Ada Byron', 'ada@example.com']);
  expect(checked(hub)).toEqual(['true', 'false']);
  expect(hub.text()).toContain('You can switch it off here at any time.');
  expect(hub.all('.legal a').map((link) => link.textContent)).toEqual(['Privacy policy', 'Terms']);
});

test('switches at once, says the page and the state, and keeps what the answer says', async () => {
  const { answer, arrive } = later<HubConsent>();
  const hub = await openProfile({ [PUT]: answer });
  channel(hub, 'sms').click();
  await hub.settled();
  expect([checked(hub), channel(hub, 'sms').getAttribute('aria-disabled')]).toEqual([['true', 'true'], 'true']);
  const call = hub.api.calls.at(-1);
  expect([call?.line, call?.authorization, call?.body]).toEqual([
    PUT,
    'Bearer bearer-1',
    { state: 'subscribed', pageUrl: location.origin + location.pathname },
  ]);
  arrive(saved('pending'));
  await vi.waitFor(() => expect(hub.text()).toContain('Please confirm in the message we sent you'));
  expect(checked(hub)).toEqual(['true', 'true']);
});

test('a second press while the first is under way asks nothing more', async () => {
  const { answer, arrive } = later<HubConsent>();
  const hub = await openProfile({ [PUT]: answer });
  channel(hub, 'sms').click();
  await hub.settled();
  channel(hub, 'sms').click();
  arrive(saved('subscribed'));
  await vi.waitFor(() => expect(channel(hub, 'sms').getAttribute('aria-disabled')).toBe('false'));
  expect(hub.api.lines().filter((line) => line === PUT)).toHaveLength(1);
});

test.each([
  [problem(503, 'unavailable'), 'That was not saved'],
  [problem(409, 'conflict'), 'That was not saved'],
  [problem(429, 'rate_limited'), 'a little fast'],
])('goes back where it was not saved, and says so aloud (%#)', async (refusal, words) => {
  const hub = await openProfile({ [PUT]: refusal });
  channel(hub, 'sms').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain(words));
  expect(checked(hub)).toEqual(['true', 'false']);
  hub.api.answer({ [PUT]: saved('subscribed') });
  channel(hub, 'sms').click();
  await vi.waitFor(() => expect(checked(hub)).toEqual(['true', 'true']));
  expect(hub.all('[role=alert]')).toEqual([]);
});

test('is worked by keys: each switch is a stop of its own and keeps the focus', async () => {
  const hub = await openProfile({ [PUT]: saved('subscribed') });
  channel(hub, 'email').focus();
  await userEvent.keyboard('{Tab} ');
  await vi.waitFor(() => expect(checked(hub)).toEqual(['true', 'true']));
  expect(focused()).toBe(channel(hub, 'sms'));
});

test('does not ask for what is suppressed', async () => {
  const consents: HubConsent[] = [{ channel: 'email', state: 'subscribed', suppression: 'bounced' }];
  const hub = await openProfile({ 'POST /hub/v1/session': signedIn({ consents }) });
  channel(hub, 'email').click();
  await hub.settled();
  expect([checked(hub), hub.api.lines()]).toEqual([['false'], ['POST /hub/v1/session']]);
  expect(hub.text()).toContain('Please check your address');
});

test('a newer view wins over an older answer', async () => {
  const hub = await openProfile({ [PUT]: saved('subscribed') });
  channel(hub, 'sms').click();
  await vi.waitFor(() => expect(channel(hub, 'sms').getAttribute('aria-disabled')).toBe('false'));
  hub.api.answer({ 'GET /hub/v1/me': { ...signedIn(), session: null } });
  await hub.element.session.refresh();
  await hub.settled();
  expect(checked(hub)).toEqual(['true', 'false']);
});

test('has targets of 44 pixels, and its switch moves to the other side right to left', async () => {
  const inside = (hub: Hub): number => {
    const [track, thumb] = ['.track', '.thumb'].map((part) => hub.find(`.channel ${part}`).getBoundingClientRect());
    return (thumb?.left ?? 0) - (track?.left ?? 0);
  };
  const english = await openProfile();
  for (const one of english.all('.channel')) expect(one.getBoundingClientRect().height).toBeGreaterThanOrEqual(44);
  expect(inside(english)).toBeGreaterThan(20);
  english.element.remove();
  const arabic = await openProfile({}, { locale: 'ar' });
  expect(inside(arabic)).toBeLessThan(10);
});
