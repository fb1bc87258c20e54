import axe from 'axe-core';
import { expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { problem } from './fake-api.ts';
import { activity, DAY_MS, detail, emptyCustomer, order, points, shop, signedIn, signedOut } from './fixtures.ts';
import { emulate, found, type Hub, openHub, type Setup, setUp } from './harness.ts';
import {
  EARNING,
  earning,
  giftCard,
  missing,
  offer,
  offers,
  REFERRALS,
  REWARDS,
  redeemed,
  referrals,
  tier,
  variable,
  voucher,
  WALLET,
  wallet,
} from './programme.ts';

const SESSION = 'POST /hub/v1/session';
const pictured = signedIn({ orders: { items: [order('1001'), order('1002')], nextCursor: 'c1' } });

const waiting = signedIn({
  consents: [
    { channel: 'email', state: 'subscribed', suppression: 'bounced' },
    { channel: 'sms', state: 'pending', suppression: null },
    { channel: 'push', state: 'unsubscribed', suppression: 'manual' },
  ],
});

const inviting = {
  ...signedIn({ participation: 'candidate' }),
  shop: { ...shop, programme: { ...shop.programme, joining: true } },
};
const many = offers([offer('a'), missing('b', 2_000, 760), offer('c', { available: false, reason: 'limit_reached' })]);
const held = wallet([
  voucher('a', { applicable: true, discountMinor: 500, applyUrl: '/discount/A', undoUntilMs: Date.now() + DAY_MS }),
  voucher('b', { applicable: false, reason: { key: 'x', message: null, missingMinor: 100 } }),
  giftCard('g'),
  voucher('u', { status: 'used' }),
]);
const moves = [{ id: 'm', atMs: Date.now(), kind: 'added', amountMinor: 2_500, balanceMinor: 2_500, orderName: null }];

interface State {
  readonly setup?: Setup;
  readonly target?: string;
  readonly ready: (hub: Hub) => unknown;
}

const STATES: Record<string, State> = {
  loading: { setup: { answers: { [SESSION]: () => new Promise<never>(() => {}) } }, ready: (hub) => hub.find('.bone') },
  'signed out': { setup: { answers: { [SESSION]: signedOut } }, ready: (hub) => hub.control('Sign in') },
  'for you': { ready: (hub) => hub.find('.entry') },
  'for you, empty': {
    setup: { answers: { [SESSION]: { ...signedIn(), customer: emptyCustomer } } },
    ready: (hub) => hub.find('.notice'),
  },
  orders: { setup: { answers: { [SESSION]: pictured } }, target: 'orders', ready: (hub) => hub.find('.order') },
  'one order': {
    setup: { answers: { 'GET /hub/v1/orders/1001': detail('1001') } },
    target: 'orders/1001',
    ready: (hub) => hub.find('.money'),
  },
  profile: { target: 'profile', ready: (hub) => hub.find('.channel') },
  'profile, suppressed and waiting': {
    setup: { answers: { [SESSION]: waiting } },
    target: 'profile',
    ready: (hub) => hub.find('.channel[aria-disabled=true]'),
  },
  'profile, leaving': {
    setup: { answers: { [SESSION]: { ...inviting, customer: signedIn().customer } } },
    target: 'profile',
    ready: (hub) => {
      if (hub.find('#leave').hidden) hub.find('.opener').click();
      return hub.control('Leave now');
    },
  },
  'profile, not saved': {
    setup: { answers: { 'PUT /hub/v1/consents/email': problem(503, 'unavailable') } },
    target: 'profile',
    ready: (hub) => {
      if (hub.all('.inline-error').length === 0) hub.all('.channel')[0]?.click();
      return hub.find('.inline-error');
    },
  },
  'profile of nobody reachable': {
    setup: { answers: { [SESSION]: { ...signedIn(), customer: emptyCustomer } } },
    target: 'profile',
    ready: (hub) => hub.find('.channel-note'),
  },
  'for you, with a tier and the ways to earn': {
    setup: { answers: { [SESSION]: signedIn({ tier: tier() }), [EARNING]: earning } },
    ready: (hub) => {
      if (hub.find('.opener').ariaExpanded === 'false') hub.find('.opener').click();
      return hub.find('#ways .entry');
    },
  },
  'an invitation to join': {
    setup: { answers: { [SESSION]: inviting } },
    ready: (hub) => hub.control('Join now'),
  },
  rewards: { setup: { answers: { [REWARDS]: many } }, target: 'rewards', ready: (hub) => hub.find('.offer') },
  'a reward to confirm': {
    setup: { answers: { [REWARDS]: offers([variable()]) } },
    target: 'rewards/redeem/any',
    ready: (hub) => hub.find('input'),
  },
  'a reward whose end is not known': {
    setup: { answers: { [REWARDS]: offers([variable()]), 'POST /hub/v1/rewards/any/redeem': problem(503, 'x') } },
    target: 'rewards/redeem/any',
    ready: (hub) => {
      if (hub.all('[role=alert]').length === 0) hub.find('.button.primary').click();
      return hub.find('[role=alert]');
    },
  },
  'a reward that was bought': {
    setup: {
      answers: {
        [REWARDS]: offers([offer('r')]),
        'POST /hub/v1/rewards/r/redeem': redeemed({ voucher: 'v' }),
        [WALLET]: wallet([voucher('v', { applyUrl: '/discount/V', undoUntilMs: Date.now() + DAY_MS })]),
      },
    },
    target: 'rewards/redeem/r',
    ready: (hub) => {
      if (hub.all('.code').length === 0) hub.find('.button.primary').click();
      return hub.find('.undo');
    },
  },
  vouchers: {
    setup: { answers: { [WALLET]: held, 'GET /hub/v1/vouchers/g/moves': { items: moves, nextCursor: 'c' } } },
    target: 'rewards/vouchers',
    ready: (hub) => {
      for (const fold of hub.all('[aria-expanded=false]')) fold.click();
      return [hub.find('.moves li'), hub.find('.over')];
    },
  },
  friends: {
    setup: { answers: { [REFERRALS]: referrals() } },
    target: 'rewards/friends',
    ready: (hub) => hub.find('.friend'),
  },
  'no such order': { target: 'orders/9', ready: (hub) => hub.find('.notice') },
  error: { setup: { answers: { [SESSION]: problem(503, 'unavailable') } }, ready: (hub) => hub.control('Try again') },
};

const stateOf = (name: string): State => found(STATES[name], name);

async function show({ setup, target = '', ready }: State, embed = {}): Promise<Hub> {
  const hub = await setUp({ ...setup, embed });
  await hub.open({ target });
  await vi.waitFor(() => ready(hub));
  return hub;
}

async function violations(): Promise<string[]> {
  const found = await axe.run(document, { resultTypes: ['violations'], rules: { region: { enabled: false } } });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.each(Object.keys(STATES))(`axe finds nothing in “%s”, ${colorScheme}`, async (name) => {
    await emulate({ colorScheme });
    document.title = 'Storefront';
    await show(stateOf(name));
    expect(await violations()).toEqual([]);
  });
}

test.each(['#ffd84d', '#e4572e', '#7a7a7a', '#0b0b0b', '#fafafa'])(
  'stays readable with the accent %s',
  async (accent) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({ colorScheme });
      document.documentElement.style.setProperty('--regulars-accent', accent);
      const hub = await show({
        setup: { answers: { [SESSION]: signedOut } },
        ready: ({ control }) => control('Sign in'),
      });
      expect(await violations()).toEqual([]);
      hub.element.remove();
      for (const name of ['for you', 'an invitation to join', 'rewards', 'a reward that was bought', 'vouchers']) {
        const signed = await show(stateOf(name));
        expect(await violations()).toEqual([]);
        signed.element.remove();
      }
    }
  },
);

const LONG = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz';
const long = signedIn({
  firstName: LONG,
  name: `${LONG} ${LONG}`,
  email: `${LONG}@example.com`,
  points: points({
    balance: 123_456_789,
    worthMinor: 123_456_789_00,
    nextExpiry: { points: 123_456, atMs: Date.UTC(2031, 11, 24) },
    owed: 1_000_000,
    pending: { points: 123_456, nextAtMs: null },
  }),
  tier: tier({ current: { name: LONG, perks: [LONG] }, next: { name: LONG, perks: [], threshold: 1e9, missing: 1e8 } }),
  activity: [
    activity('1', { reason: LONG }),
    activity('3', { title: LONG }),
    activity('2', { kind: 'clawed_back', orderName: LONG, points: -123_456 }),
  ],
  orders: {
    items: [order('1001', { name: LONG, totalMinor: 123_456_789_00, delivery: 'confirmed' })],
    nextCursor: 'c1',
  },
});
const longDetail = detail('1001', {
  name: LONG,
  lines: [{ title: LONG, variantTitle: LONG, quantity: 12, totalMinor: 123_456_789_00, imageUrl: null, url: '/x' }],
  tracking: [{ company: LONG, number: LONG, url: null, status: 'attempted_delivery' }],
});

const longAnswers = {
  [REWARDS]: offers([
    offer('a', { name: LONG, text: LONG, points: 1_000_000, minimumMinor: 123_456_789_00 }),
    missing('b', 1_000_000, 999_999),
    variable({ name: LONG, text: LONG, points: 1_000_000, mostPoints: 9_000_000 }),
  ]),
  [WALLET]: wallet([
    voucher('a', {
      title: LONG,
      code: LONG,
      applyUrl: '/x',
      applicable: false,
      reason: { key: 'x', message: LONG, missingMinor: null },
      undoUntilMs: Date.now() + DAY_MS,
    }),
    giftCard('g', { title: LONG }),
    voucher('u', { status: 'used', title: LONG, code: LONG }),
  ]),
  [REFERRALS]: referrals({
    link: `https://shop.example/${LONG}?ref=${LONG}`,
    friendGift: { kind: 'reward', name: LONG },
    completed: 1_000_000,
  }),
};

test.each([
  '',
  'rewards',
  'rewards/redeem/any',
  'rewards/vouchers',
  'rewards/friends',
  'orders',
  'orders/1001',
  'profile',
])('holds long German at 320 pixels, nothing cut off, at %j', async (target) => {
  await page.viewport(320, 640);
  const setup = { answers: { [SESSION]: long, 'GET /hub/v1/orders/1001': longDetail, ...longAnswers } };
  const hub = await openHub({ ...setup, embed: { locale: 'de' } }, { target });
  if (target === 'orders/1001') await vi.waitFor(() => hub.find('.money'));
  if (target.startsWith('rewards')) await vi.waitFor(() => hub.find('.offer, .amount, .voucher, .link'));
  for (const fold of hub.all('.opener[aria-controls=past]')) fold.click();
  await hub.settled();
  const panel = hub.find('.panel').getBoundingClientRect();
  const tooWide = hub
    .all('.panel *:not(.hidden, .card *)')
    .filter(
      (node) =>
        node.getBoundingClientRect().right > panel.right + 0.5 || node.scrollWidth > Math.ceil(node.clientWidth) + 1,
    )
    .filter((node) => node.clientWidth > 0 && !node.matches('.card'));
  expect(tooWide.map((node) => node.outerHTML.slice(0, 120))).toEqual([]);
  const texts = hub
    .all('.card p, .card strong, .card span')
    .map((node) => node.getBoundingClientRect().right <= panel.right - 20);
  expect(texts).not.toContain(false);
});

const TARGETS = [
  '',
  'rewards',
  'rewards/redeem/any',
  'rewards/vouchers',
  'rewards/friends',
  'orders',
  'orders/1001',
  'profile',
];

const rewardsAnswers = {
  [REWARDS]: offers([offer('a'), variable()]),
  [WALLET]: held,
  [REFERRALS]: referrals(),
  'GET /hub/v1/vouchers/g/moves': { items: moves, nextCursor: 'c' },
};

test.each(TARGETS)('has targets of at least 24 pixels at %j', async (target) => {
  const answers = { 'GET /hub/v1/orders/1001': detail('1001'), ...rewardsAnswers };
  const hub = await openHub({ answers }, { target });
  if (target.startsWith('rewards')) await vi.waitFor(() => hub.find('.offer, .amount, .voucher, .link'));
  if (target === 'orders/1001') await vi.waitFor(() => hub.find('.money'));
  const small = hub.all('a, button, input').filter((control) => {
    const { width, height } = control.getBoundingClientRect();
    return width < 24 || height < 24;
  });
  expect(small.map(({ outerHTML }) => outerHTML)).toEqual([]);
});

test.each(TARGETS.filter((target) => target.startsWith('rewards')))('has fingers in mind at %j', async (target) => {
  const hub = await openHub({ answers: rewardsAnswers }, { target });
  await vi.waitFor(() => hub.find('.offer, .amount, .voucher, .link'));
  for (const fold of hub.all('.moves-button')) fold.click();
  if (target.endsWith('vouchers')) await vi.waitFor(() => hub.control('Show more'));
  const low = hub.all(':is([role=tablist], #panel-rewards) :is(a, button, input)').filter((control) => {
    return control.getBoundingClientRect().height < 44;
  });
  expect(low.map(({ outerHTML }) => outerHTML)).toEqual([]);
});

test('can be scrolled to its end where there is little height, as at much zoom', async () => {
  await page.viewport(320, 256);
  const hub = await openHub();
  const last = hub.find('.footer a:last-of-type');
  last.scrollIntoView();
  expect(last.getBoundingClientRect().bottom).toBeLessThanOrEqual(256);
  expect(hub.find('.header').getBoundingClientRect().bottom).toBeLessThan(0);
});

test('has edges where the system forces its colours', async () => {
  await emulate({ forcedColors: 'active' });
  const hub = await openHub();
  const edges = ['.panel', '.card', '.close'].map((part) => getComputedStyle(hub.find(part)).borderTopStyle);
  expect(edges).toEqual(['solid', 'solid', 'solid']);
});

test('keeps its own text size and look whatever the page does to the root and to elements', async () => {
  const style = document.createElement('style');
  style.textContent =
    'html { font-size: 62.5% } * { letter-spacing: 4px; text-transform: uppercase } button { background: red }';
  document.head.append(style);
  try {
    const hub = await openHub();
    const { fontSize, textTransform, letterSpacing } = getComputedStyle(hub.find('.entry-title'));
    expect([fontSize, textTransform, letterSpacing]).toEqual(['16px', 'none', 'normal']);
  } finally {
    style.remove();
  }
});
