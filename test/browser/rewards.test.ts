import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { HubRedeemed } from '../../worker/wire/hub-rewards.ts';
import { type Answers, later, problem } from './fake-api.ts';
import { points, shop, signedIn } from './fixtures.ts';
import { focused, found, type Hub, openHub, seen } from './harness.ts';
import { missing, offer, offers, REWARDS, redeemed, variable, voucher, WALLET, wallet, worth } from './programme.ts';

const SESSION = 'POST /hub/v1/session';
const ME = 'GET /hub/v1/me';
const REDEEM = 'POST /hub/v1/rewards/five/redeem';
const REDEEM_ANY = 'POST /hub/v1/rewards/any/redeem';
const UNDO = 'POST /hub/v1/vouchers/v1/undo';
const five = offer('five', { name: '€5 off your order', minimumMinor: 2_000 });
const bought = voucher('v1', { code: redeemed().code, applyUrl: '/discount/TEA-7KXM-94PD' });

const answers = (own: Answers = {}): Answers => ({
  [REWARDS]: offers([five, variable()]),
  [WALLET]: wallet([bought]),
  [ME]: signedIn({ points: points({ balance: 740 }) }),
  [REDEEM]: redeemed(),
  [REDEEM_ANY]: redeemed({ reward: 'any', points: 60, balance: 1_180 }),
  ...own,
});

async function openRewards(own: Answers = {}, target = 'rewards', embed = {}): Promise<Hub> {
  const hub = await openHub({ answers: answers(own), embed }, { target });
  await vi.waitFor(() => hub.find('.offer, .detail-title, .notice'));
  await hub.settled();
  return hub;
}

/** Until the wallet has told what the answer does not say. */
async function redeem(hub: Hub): Promise<void> {
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(hub.text()).toContain('Your code: TEA-7KXM-94PD'.slice(11)));
  await vi.waitFor(() => hub.control('Use now: TEA-7KXM-94PD'));
}

const sent = (hub: Hub, line: string) => hub.api.calls.filter((call) => call.line === line);
const names = (hub: Hub): (string | null)[] => hub.all('.offer-name').map((one) => one.textContent);
const row = (hub: Hub, id: string): string[] => seen(hub.find(`[data-reward="${id}"]`));

afterEach(() => vi.restoreAllMocks());

test('shows first what can be had, then what is nearest, then what is for others', async () => {
  const items = [
    offer('other', { available: false, reason: 'not_for_you' }),
    missing('far', 2_000, 760),
    offer('late'),
    missing('near', 1_300, 60),
    offer('later'),
  ];
  const hub = await openRewards({ [REWARDS]: offers(items) });
  expect(names(hub)).toEqual(['Reward late', 'Reward later', 'Reward near', 'Reward far', 'Reward other']);
});

test('tells the missing points in words and by a bar that is named by them', async () => {
  const hub = await openRewards({ [REWARDS]: offers([missing('far', 2_000, 760)], 1_240) });
  expect(row(hub, 'far')).toEqual(['Reward far', '2,000 points', '760 points to go']);
  const bar = found(hub.root.querySelector('progress'), 'bar');
  expect([bar.value, bar.max]).toEqual([1_240, 2_000]);
  expect(hub.find(`#${bar.getAttribute('aria-labelledby')}`).textContent).toBe('760 points to go');
  expect(hub.all('.offer button')).toEqual([]);
});

test.each([
  ['not_for_you', null, 'Reserved for other members right now'],
  ['not_a_member', null, 'For members: join to redeem it'],
  ['limit_reached', null, 'You have had it as often as you can'],
  ['limit_reached', Date.UTC(2031, 4, 3, 12), 'You have had it as often as you can · Again from May 3, 2031'],
  ['not_available', null, 'Not available right now'],
] as const)('says why not now: %s, again at %s', async (reason, againAtMs, words) => {
  const hub = await openRewards({ [REWARDS]: offers([offer('x', { available: false, reason, againAtMs })]) });
  expect(row(hub, 'x')).toEqual(['Reward x', '500 points', words]);
});

test('says what a reward costs, and what an order must come to', async () => {
  const hub = await openRewards();
  expect([row(hub, 'five'), row(hub, 'any')]).toEqual([
    ['€5 off your order', '500 points · For orders from €20.00', 'Redeem', ': €5 off your order'],
    ['Money off', '20 points = €1.00', 'Redeem', ': Money off'],
  ]);
});

test('says that there are no rewards', async () => {
  const hub = await openRewards({ [REWARDS]: offers([]) });
  expect(hub.text()).toContain('No rewards right now');
});

test('asks before it spends: the price, what is left, and nothing sent', async () => {
  const hub = await openRewards();
  hub.control('Redeem: €5 off your order').click();
  await vi.waitFor(() => expect(focused()?.textContent).toBe('€5 off your order'));
  expect(seen(hub.find('.terms'))).toEqual(['It costs', '500 points', 'You keep', '740 points']);
  expect(hub.api.lines().filter((line) => line.startsWith('POST /hub/v1/rewards'))).toEqual([]);
  hub.control('Not now').click();
  await vi.waitFor(() => expect(focused()?.textContent).toBe('Redeem: €5 off your order'));
});

test('spends once, and shows code, link and balance as the answers say them', async () => {
  const hub = await openRewards({}, 'rewards/redeem/five');
  await redeem(hub);
  expect(sent(hub, REDEEM).map(({ body, key }) => [body, key?.length])).toEqual([[{ points: null }, 32]]);
  expect(focused()?.textContent).toBe('Here you are: €5 off your order');
  expect(hub.find('.balance-now').textContent).toBe('You now have 740 points');
  await vi.waitFor(() => expect(hub.find('[role=status]').textContent).toBe('You now have 740 points'));
  expect(hub.control('Use now: TEA-7KXM-94PD').getAttribute('href')).toBe(`${location.origin}/discount/TEA-7KXM-94PD`);
  hub.control('For you').click();
  await vi.waitFor(() => expect(hub.find('.balance-number').textContent).toContain('740'));
});

test('shows the code before the wallet answers, without a link that nobody has told', async () => {
  const hub = await openRewards({ [WALLET]: () => new Promise<never>(() => {}) }, 'rewards/redeem/five');
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(hub.find('.code bdi').textContent).toBe('TEA-7KXM-94PD'));
  expect(hub.all('.code-box a')).toEqual([]);
});

test('INV-2: tries again with the same key and the same body when the answer was lost', async () => {
  const hub = await openRewards({ [REDEEM]: problem(503, 'unavailable') }, 'rewards/redeem/five');
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain('it only ever counts once'));
  expect(hub.find('.button.primary').textContent?.trim()).toBe('Try again');
  hub.api.answer({ [REDEEM]: redeemed() });
  await redeem(hub);
  const [first, second] = sent(hub, REDEEM);
  expect(second).toEqual(first);
  expect(sent(hub, REDEEM)).toHaveLength(2);
});

test('INV-2: keeps the key of what nobody knows the end of, whatever page is shown meanwhile', async () => {
  const hub = await openRewards({ [REDEEM]: problem(503, 'unavailable') }, 'rewards/redeem/five');
  hub.find('.button.primary').click();
  await vi.waitFor(() => hub.find('[role=alert]'));
  hub.control('All rewards').click();
  (await vi.waitFor(() => hub.control('Redeem: Money off'))).click();
  await vi.waitFor(() => expect(hub.find('.detail-title').textContent).toBe('Money off'));
  hub.control('All rewards').click();
  // Meanwhile the points are known to be gone, and it could not be had anew.
  hub.api.answer({ [REDEEM]: redeemed(), [REWARDS]: offers([missing('five', 500, 10)]) });
  hub.element.go('rewards/redeem/five');
  await vi.waitFor(() => expect(hub.find('.button.primary').textContent?.trim()).toBe('Try again'));
  await redeem(hub);
  const keys = new Set(sent(hub, REDEEM).map(({ key }) => key));
  expect([sent(hub, REDEEM).length, keys.size]).toEqual([2, 1]);
});

test('a second press while the first is under way sends nothing', async () => {
  const { answer, arrive } = later<HubRedeemed>();
  const hub = await openRewards({ [REDEEM]: answer }, 'rewards/redeem/five');
  hub.find('.button.primary').click();
  hub.find('.button.primary').click();
  await hub.settled();
  expect(hub.find('.button.primary').getAttribute('aria-disabled')).toBe('true');
  hub.find('.button.primary').click();
  arrive(redeemed());
  await vi.waitFor(() => expect(hub.find('.code bdi').textContent).toBe('TEA-7KXM-94PD'));
  expect(sent(hub, REDEEM)).toHaveLength(1);
});

test('the same reward bought again is a new wish with a new key', async () => {
  const hub = await openRewards({}, 'rewards/redeem/five');
  await redeem(hub);
  hub.control('All rewards').click();
  (await vi.waitFor(() => hub.control('Redeem: €5 off your order'))).click();
  await vi.waitFor(() => expect(hub.find('.button.primary').textContent?.trim()).toBe('Redeem for 500 points'));
  await redeem(hub);
  expect(new Set(sent(hub, REDEEM).map(({ key }) => key)).size).toBe(2);
});

test.each([
  [422, 'insufficient_points', 'You do not have enough points for this any more.'],
  [422, 'below_minimum', 'You do not have enough points for this any more.'],
  [409, 'out_of_stock', 'None is left. Your points are still yours.'],
  [409, 'reward_limit', 'You have had it as often as you can'],
  [409, 'reward_unavailable', 'Not available right now'],
  [429, 'rate_limited', 'That was a little fast. Please wait a moment and try again.'],
])('says why it was refused (%i %s), and takes the next press for a new wish', async (status, key, words) => {
  const hub = await openRewards({ [REDEEM]: problem(status, key) }, 'rewards/redeem/five');
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toBe(words));
  hub.api.answer({ [REDEEM]: redeemed() });
  await redeem(hub);
  expect(new Set(sent(hub, REDEEM).map((call) => call.key)).size).toBe(2);
});

test('a variable reward is chosen in steps by the keyboard, and worth and rest follow', async () => {
  const hub = await openRewards({}, 'rewards/redeem/any');
  const slider = found(hub.root.querySelector('input'), 'slider');
  expect([slider.min, slider.max, slider.step, slider.value]).toEqual(['40', '1000', '20', '40']);
  slider.focus();
  await userEvent.keyboard('{ArrowRight}');
  await hub.settled();
  expect(slider.getAttribute('aria-valuetext')).toBe('60 points, €3.00 off');
  expect(seen(hub.find('.terms'))).toEqual([
    'You get',
    '€3.00 off',
    'It costs',
    '60 points',
    'You keep',
    '1,180 points',
  ]);
  await userEvent.keyboard('{End}');
  await hub.settled();
  expect(hub.find('.button.primary').textContent?.trim()).toBe('Redeem for 1,000 points');
  await userEvent.keyboard('{Home}{ArrowRight}');
  await redeem(hub);
  expect(sent(hub, REDEEM_ANY).map(({ body }) => body)).toEqual([{ points: 60 }]);
});

test('what was chosen stands until it is known what became of it', async () => {
  const hub = await openRewards({ [REDEEM_ANY]: problem(503, 'unavailable') }, 'rewards/redeem/any');
  const slider = found(hub.root.querySelector('input'), 'slider');
  slider.focus();
  await userEvent.keyboard('{ArrowRight}');
  hub.find('.button.primary').click();
  await vi.waitFor(() => hub.find('[role=alert]'));
  expect(slider.disabled).toBe(true);
  // The points may be gone already, and fewer could be chosen now.
  hub.api.answer({ [REWARDS]: offers([variable({ mostPoints: 40 })], 40) });
  await hub.element.session.refresh();
  await vi.waitFor(() => expect(hub.api.lines().filter((line) => line === REWARDS)).toHaveLength(2));
  await hub.settled();
  expect(seen(hub.find('.terms'))).toEqual(['You get', '€3.00 off', 'It costs', '60 points']);
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(sent(hub, REDEEM_ANY)).toHaveLength(2));
  expect(sent(hub, REDEEM_ANY).map(({ body }) => body)).toEqual([{ points: 60 }, { points: 60 }]);
});

test('what was chosen is no more than can be spent now', async () => {
  const hub = await openRewards({}, 'rewards/redeem/any');
  found(hub.root.querySelector('input'), 'slider').focus();
  await userEvent.keyboard('{End}');
  hub.api.answer({ [REWARDS]: offers([variable({ mostPoints: 100 })], 110) });
  await hub.element.session.refresh();
  await vi.waitFor(() => expect(hub.find('.button.primary').textContent?.trim()).toBe('Redeem for 100 points'));
});

test('no slider where there is one amount to choose', async () => {
  const hub = await openRewards({ [REWARDS]: offers([variable({ mostPoints: 40 })]) }, 'rewards/redeem/any');
  expect(hub.root.querySelector('input')).toBe(null);
  expect(hub.find('.button.primary').textContent?.trim()).toBe('Redeem for 40 points');
});

test('a code that is being made has no link until the wallet has it, and is asked for again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const made = { ...bought, status: 'waiting' as const };
  const hub = await openRewards(
    { [REDEEM]: redeemed({ ready: false }), [WALLET]: wallet([made]) },
    'rewards/redeem/five',
  );
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(focused()?.textContent).toBe('Being made: €5 off your order'));
  await vi.waitFor(() => expect(sent(hub, WALLET).length).toBeGreaterThan(0));
  expect(hub.all('.code-box a')).toEqual([]);
  hub.api.answer({ [WALLET]: wallet([bought]) });
  await vi.advanceTimersByTimeAsync(3_000);
  await vi.waitFor(() => hub.control('Use now: TEA-7KXM-94PD'));
  expect(hub.find('.detail-title').textContent).toBe('Here you are: €5 off your order');
});

test('a code that could not be made says that the points are back', async () => {
  const back = { ...bought, status: 'returned' as const, pointsBack: 500 };
  const hub = await openRewards(
    { [REDEEM]: redeemed({ ready: false }), [WALLET]: wallet([back]) },
    'rewards/redeem/five',
  );
  hub.find('.button.primary').click();
  await vi.waitFor(() => expect(hub.text()).toContain('It could not be made. Back with you: 500 points'));
  expect(hub.all('.code')).toEqual([]);
});

test('can be undone while there is time, said in words, and then says what came back', async () => {
  const open = { ...bought, undoUntilMs: Date.now() + 57.5 * 60_000 };
  const hub = await openRewards(
    { [WALLET]: wallet([open]), [UNDO]: { points: 500, balance: 1_240 } },
    'rewards/redeem/five',
  );
  await redeem(hub);
  expect(seen(hub.find('.undo'))).toEqual(['Undo', 'TEA-7KXM-94PD', '58 minutes left to undo']);
  hub.find('.undo button').click();
  await vi.waitFor(() =>
    expect(seen(hub.find('.undone'))).toEqual(['Undone. Back with you: 500 points', 'You now have 1,240 points']),
  );
  expect(focused()).toBe(hub.find('.undone'));
  expect([hub.all('.code'), hub.all('.undo')]).toEqual([[], []]);
  expect(sent(hub, UNDO).map(({ body, key }) => [body, key?.length])).toEqual([[null, 32]]);
});

test.each([
  ['over', -1],
  ['unknown', null],
])('offers no undo where the time is %s', async (_, left) => {
  const own = { ...bought, undoUntilMs: left === null ? null : Date.now() + left };
  const hub = await openRewards({ [WALLET]: wallet([own]) }, 'rewards/redeem/five');
  await redeem(hub);
  expect(hub.all('.undo')).toEqual([]);
});

test('tells the time that is left anew, and takes the undo away when it is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'Date', 'performance'] });
  const open = { ...bought, undoUntilMs: Date.now() + 61_000 };
  const hub = await openRewards({ [WALLET]: wallet([open]) }, 'rewards/redeem/five');
  await redeem(hub);
  expect(hub.find('.undo .note').textContent).toBe('2 minutes left to undo');
  await vi.advanceTimersByTimeAsync(20_000);
  await vi.waitFor(() => expect(hub.find('.undo .note').textContent).toBe('1 minute left to undo'));
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitFor(() => expect(hub.all('.undo')).toEqual([]));
});

test.each([
  ['an hour late', -3_600_000],
  ['an hour early', 3_600_000],
])('tells the time that is left by the shop’s clock, where the browser’s is %s', async (_, wrongMs) => {
  const answer = wallet([{ ...bought, undoUntilMs: Date.now() + 57.5 * 60_000 }]);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + wrongMs });
  const hub = await openRewards({ [WALLET]: answer }, 'rewards/redeem/five');
  await redeem(hub);
  expect(seen(hub.find('.undo'))).toEqual(['Undo', 'TEA-7KXM-94PD', '58 minutes left to undo']);
});

test('an undo that is refused says so and takes nothing away; one whose answer was lost keeps its key', async () => {
  const open = { ...bought, undoUntilMs: Date.now() + 60_000 };
  const hub = await openRewards(
    { [WALLET]: wallet([open]), [UNDO]: problem(503, 'unavailable') },
    'rewards/redeem/five',
  );
  await redeem(hub);
  hub.find('.undo button').click();
  await vi.waitFor(() => expect(hub.find('.undo [role=alert]').textContent).toContain('it only ever counts once'));
  hub.api.answer({ [UNDO]: problem(409, 'reward_kept') });
  hub.find('.undo button').click();
  await vi.waitFor(() => expect(hub.find('.undo [role=alert]').textContent).toBe('This cannot be undone any more.'));
  expect(new Set(sent(hub, UNDO).map(({ key }) => key)).size).toBe(1);
  expect(hub.find('.code bdi').textContent).toBe('TEA-7KXM-94PD');
});

test('a link to a reward that is not to be had says so', async () => {
  const hub = await openRewards({}, 'rewards/redeem/gone');
  expect(hub.text()).toContain('Not available right now');
});

test('keeps what is there when the rewards do not come again, and can be asked again where nothing is', async () => {
  const hub = await openRewards({ [REWARDS]: problem(503, 'unavailable') });
  expect(hub.text()).toContain('Something did not load');
  hub.api.answer({ [REWARDS]: offers([five]) });
  hub.control('Try again').click();
  await vi.waitFor(() => expect(names(hub)).toEqual(['€5 off your order']));
  hub.api.answer({ [REWARDS]: problem(503, 'unavailable') });
  await hub.element.session.refresh();
  await vi.waitFor(() => expect(hub.find('[role=alert]').textContent).toContain('Something did not load'));
  expect(names(hub)).toEqual(['€5 off your order']);
});

test('asks for each part only when it is looked at', async () => {
  const hub = await openRewards();
  expect(hub.api.lines()).toEqual([SESSION, REWARDS]);
  hub.control('Vouchers').click();
  await vi.waitFor(() => hub.find('.voucher'));
  expect(hub.api.lines()).toEqual([SESSION, REWARDS, WALLET]);
});

test.each([
  ['member', { rewards: true, referrals: true }, 'Rewards', ['Redeem', 'Vouchers', 'Friends']],
  ['member', { rewards: false, referrals: true }, 'Rewards', ['Vouchers', 'Friends']],
  ['member', { rewards: false, referrals: false }, 'Vouchers', []],
  ['candidate', { rewards: true, referrals: true }, 'Rewards', ['Redeem', 'Vouchers']],
  ['disabled', { rewards: true, referrals: true }, 'Vouchers', []],
] as const)(
  'shows a %s of a shop with %j the tab “%s” with the parts %j',
  async (participation, parts, tab, sections) => {
    const programme = { ...shop.programme, ...parts };
    const view = { ...signedIn({ participation }), shop: { ...shop, programme } };
    const hub = await openHub({ answers: { ...answers(), [SESSION]: view } }, { target: 'rewards' });
    await vi.waitFor(() => hub.find('.offer, .voucher'));
    expect([hub.find('#tab-rewards').textContent, hub.all('.section').map((one) => one.textContent)]).toEqual([
      tab,
      sections,
    ]);
  },
);

test.each([
  [worth({ kind: 'percent', amountMinor: null, hundredths: 1_250, capMinor: 2_000 }), '12.5% off · up to €20.00'],
  [worth({ kind: 'fixed_price', amountMinor: 900 }), 'Yours for €9.00'],
  [worth({ kind: 'shipping', amountMinor: null }), 'Free shipping'],
  [worth({ kind: 'product', amountMinor: null }), 'Free product'],
  [worth({ kind: 'perk', amountMinor: null }), 'Extra'],
])('a voucher without a title is called by what it gives: %#', async (own, words) => {
  const hub = await openHub(
    { answers: answers({ [WALLET]: wallet([voucher('v', { title: null, worth: own })]) }) },
    { target: 'rewards/vouchers' },
  );
  await vi.waitFor(() => expect(names(hub)).toEqual([words]));
});

test('shows fifty rewards, and a price of a million', async () => {
  const many = Array.from({ length: 49 }, (_, at) => offer(`r${at}`));
  const hub = await openRewards({ [REWARDS]: offers([...many, missing('dear', 1_000_000, 998_760)]) });
  expect(names(hub)).toHaveLength(50);
  expect(row(hub, 'dear')).toEqual(['Reward dear', '1,000,000 points', '998,760 points to go']);
});
