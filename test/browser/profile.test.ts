import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { HubConsent } from '../../worker/wire/hub.ts';
import { later, problem } from './fake-api.ts';
import { customer, shop, signedIn } from './fixtures.ts';
import { focused, type Hub, openHub, seen } from './harness.ts';

const SESSION = 'POST /hub/v1/session';
const ME = 'GET /hub/v1/me';
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

const LEAVE = 'PUT /hub/v1/membership';
const member = { ...signedIn(), shop: { ...shop, programme: { ...shop.programme, joining: true } } };
const left = { ...member, customer: customer({ participation: 'candidate' }) };

test('leaves the programme once that is asked for twice, is told what becomes of the points, and may come back', async () => {
  const hub = await openProfile({ [SESSION]: member, [LEAVE]: { state: 'candidate' }, [ME]: left });
  const opener = hub.control('Leave the programme');
  expect([opener.getAttribute('aria-expanded'), hub.text().includes('Leave now')]).toEqual(['false', false]);
  opener.click();
  await hub.settled();
  expect([opener.getAttribute('aria-expanded'), seen(hub.find('#leave'))]).toEqual([
    'true',
    [
      'Your points wait for you, and can still expire. Until you join in again you cannot redeem them. Your vouchers stay yours.',
      'Leave now',
    ],
  ]);
  expect(hub.api.lines()).toEqual([SESSION]);
  hub.control('Leave now').click();
  await vi.waitFor(() => expect(hub.text()).toContain('Waiting for you: 1,240 points'));
  expect(hub.api.calls.find(({ line }) => line === LEAVE)?.body).toEqual({ state: 'candidate' });
  await vi.waitFor(() => expect(focused()).toBe(hub.find('[data-heading]')));
  hub.api.answer({ [LEAVE]: { state: 'member' }, [ME]: member });
  hub.control('Join now').click();
  await vi.waitFor(() => expect(hub.text()).not.toContain('Waiting for you'));
  expect(hub.api.calls.filter(({ line }) => line === LEAVE).at(-1)?.body).toEqual({ state: 'member' });
});

test('thinks better of leaving, and is asked anew when the page is opened again', async () => {
  const hub = await openProfile({ [SESSION]: member });
  for (const shown of [false, true]) {
    hub.control('Leave the programme').click();
    await hub.settled();
    expect(hub.find('#leave').hidden).toBe(shown);
  }
  hub.control('Leave the programme').click();
  hub.drawer.open({ target: 'profile', opener: null, href: null });
  await vi.waitFor(() => expect(hub.find('#leave').hidden).toBe(true));
  expect(hub.api.lines()).toEqual([SESSION]);
});

test.each([
  [problem(409, 'conflict'), 'That was not saved'],
  [problem(429, 'rate_limited'), 'a little fast'],
])('says that leaving came to nothing, and can be asked again (%#)', async (refusal, words) => {
  const hub = await openProfile({ [SESSION]: member, [LEAVE]: refusal });
  hub.control('Leave the programme').click();
  await hub.settled();
  hub.control('Leave now').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain(words));
  expect(hub.control('Leave now').getAttribute('aria-disabled')).toBe('false');
});

test.each([
  ['is no member', { ...member, customer: customer({ participation: 'candidate' }) }],
  ['is kept out', { ...member, customer: customer({ participation: 'disabled' }) }],
  ['could not come back', signedIn()],
])('offers nobody to leave who %s', async (_, view) => {
  const hub = await openProfile({ [SESSION]: view });
  expect(hub.text()).not.toContain('Leave');
});
