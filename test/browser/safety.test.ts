import { expect, test, vi } from 'vitest';
import { activity, customer, detail, order, shop, signedIn } from './fixtures.ts';
import { openHub } from './harness.ts';
import {
  EARNING,
  earning,
  offer,
  offers,
  REFERRALS,
  REWARDS,
  redeemed,
  referrals,
  tier,
  voucher,
  WALLET,
  wallet,
} from './programme.ts';

const SESSION = 'POST /hub/v1/session';
const HTML = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const SCRIPT = 'javascript:window.hacked=1';
const evilShop = {
  ...shop,
  name: HTML,
  links: {
    signIn: SCRIPT,
    createAccount: ' JaVaScRiPt:alert(1)',
    account: 'data:text/html,x',
    privacy: SCRIPT,
    terms: 'vbscript:x',
  },
};
const addresses = (root: ShadowRoot): string[] =>
  [...root.querySelectorAll<HTMLElement>('[href], [src]')].map(
    (node) => node.getAttribute('href') ?? node.getAttribute('src') ?? '',
  );

test('INV-11: text of the merchant is shown as text and runs nothing', async () => {
  const own = customer({
    firstName: HTML,
    activity: [activity('1', { reason: HTML, kind: 'adjusted' }), activity('2', { orderName: HTML })],
    orders: { items: [order('1', { name: HTML, imageUrl: 'javascript:alert(1)' })], nextCursor: null },
  });
  const line = detail('1', {
    name: HTML,
    lines: [
      { title: HTML, variantTitle: HTML, quantity: 1, totalMinor: 1, imageUrl: 'data:image/svg+xml,x', url: SCRIPT },
    ],
    tracking: [{ company: HTML, number: HTML, url: SCRIPT, status: null }],
  });
  const answers = { [SESSION]: { ...signedIn(), shop: evilShop, customer: own }, 'GET /hub/v1/orders/1': line };
  const hub = await openHub({ answers });
  expect(hub.find('.shop').textContent).toBe(HTML);
  expect(hub.find('.entry-title').textContent).toBe(HTML);
  hub.control('Orders').click();
  (await vi.waitFor(() => hub.find('.order'))).click();
  await vi.waitFor(() => expect(hub.find('.line-title').textContent).toBe(HTML));
  expect([addresses(hub.root), hub.root.querySelector('script, img'), 'hacked' in window]).toEqual([[], null, false]);
});

test('INV-11: a link of the shop that is no web address leads nowhere, signed out as well', async () => {
  const hub = await openHub(
    { answers: { [SESSION]: { shop: evilShop, customer: null, session: null } } },
    { href: SCRIPT },
  );
  expect(addresses(hub.root)).toEqual([]);
});

test('takes pictures by https only, in a box of fixed size, without a referrer', async () => {
  const items = ['https://img.example/1.png', 'http://img.example/2.png'].map((imageUrl, at) =>
    order(String(at), { imageUrl }),
  );
  const hub = await openHub(
    { answers: { [SESSION]: signedIn({ orders: { items, nextCursor: null } }) } },
    { target: 'orders' },
  );
  const images = [...hub.root.querySelectorAll('img')];
  expect(images.map(({ src, loading, referrerPolicy, alt }) => ({ src, loading, referrerPolicy, alt }))).toEqual([
    { src: 'https://img.example/1.png', loading: 'lazy', referrerPolicy: 'no-referrer', alt: '' },
  ]);
  expect(hub.all('.picture').map((box) => [box.offsetWidth, box.offsetHeight])).toEqual([
    [64, 64],
    [64, 64],
  ]);
});

test('INV-11: what a merchant writes into the programme is shown as text and runs nothing', async () => {
  const hostile = {
    [SESSION]: signedIn({
      tier: tier({ current: { name: HTML, perks: [HTML] }, next: null }),
      activity: [activity('1', { title: HTML })],
    }),
    [EARNING]: { items: [{ ...earning.items[1], name: HTML }], bonuses: [{ name: HTML, endsAtMs: null }] },
    [REWARDS]: offers([offer('r', { name: HTML, text: HTML })]),
    [WALLET]: wallet([
      voucher('v', {
        title: HTML,
        code: HTML,
        applyUrl: SCRIPT,
        applicable: false,
        reason: { key: 'x', message: HTML, missingMinor: null },
      }),
      voucher('w', { applyUrl: ' JaVaScRiPt:alert(1)', status: 'not_started' }),
    ]),
    [REFERRALS]: referrals({ link: SCRIPT, friendGift: { kind: 'reward', name: HTML } }),
    'POST /hub/v1/rewards/r/redeem': redeemed({ name: HTML, code: HTML, voucher: 'v' }),
  };
  const hub = await openHub({ answers: hostile });
  hub.control('Ways to earn').click();
  await vi.waitFor(() => expect(hub.find('.bonus').textContent).toBe(HTML));
  expect(hub.find('.tier-name').textContent).toBe(HTML);
  hub.element.go('rewards/vouchers');
  await vi.waitFor(() => expect(hub.find('.voucher .offer-name').textContent).toBe(HTML));
  expect([hub.find('.fit').textContent, hub.find('.code bdi').textContent]).toEqual([HTML, HTML]);
  hub.element.go('rewards/friends');
  await vi.waitFor(() => expect(hub.text()).toContain('You cannot invite friends right now.'));
  hub.element.go('rewards/redeem/r');
  (await vi.waitFor(() => hub.find('.button.primary'))).click();
  await vi.waitFor(() => expect(hub.find('.detail-title').textContent).toBe(`Here you are: ${HTML}`));
  const ours = Object.values(shop.links).map((link) => link);
  const others = addresses(hub.root).filter((address) => !ours.some((link) => link && address.endsWith(link)));
  expect([others, hub.root.querySelector('script, img'), 'hacked' in window]).toEqual([[], null, false]);
});
