import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { neighbour } from '../../widget/element/tab-list.ts';
import { ENGLISH } from '../../widget/strings/strings.ts';
import { ENGLISH_WORDS, Words } from '../../widget/strings/words.ts';
import { focused, type Hub, openHub } from './harness.ts';

const selected = (hub: Hub): string[] => hub.all('[role=tab][aria-selected=true]').map((tab) => tab.id);

test('is one tab stop, and each tab controls a panel that it names', async () => {
  const hub = await openHub();
  expect(hub.all('[role=tab]').map(({ tabIndex }) => tabIndex)).toEqual([0, -1, -1, -1]);
  for (const tab of hub.all('[role=tab]')) {
    const panel = hub.find(`#${tab.getAttribute('aria-controls')}`);
    expect([panel.getAttribute('role'), panel.getAttribute('aria-labelledby')]).toEqual(['tabpanel', tab.id]);
  }
  expect(hub.all('[role=tabpanel]').map(({ hidden }) => hidden)).toEqual([false, true, true, true]);
});

test.each([
  ['en', '{ArrowRight}', 'tab-rewards'],
  ['en', '{ArrowLeft}', 'tab-profile'],
  ['en', '{ArrowRight}{ArrowRight}', 'tab-orders'],
  ['en', '{End}', 'tab-profile'],
  ['en', '{End}{Home}', 'tab-for-you'],
  ['en', '{ArrowRight}{ArrowLeft}', 'tab-for-you'],
  ['ar', '{ArrowLeft}', 'tab-rewards'],
  ['ar', '{ArrowLeft}{ArrowRight}', 'tab-for-you'],
])('moves by keys in %s: %s selects %s and has the focus', async (locale, keys, expected) => {
  const hub = await openHub({ embed: { locale } });
  hub.find('#tab-for-you').focus();
  await userEvent.keyboard(keys);
  await hub.settled();
  expect([selected(hub), focused()?.id]).toEqual([[expected], expected]);
  expect(hub.find(`#${expected.replace('tab', 'panel')}`).hidden).toBe(false);
});

test('leaves keys with a modifier to the browser', async () => {
  const hub = await openHub();
  hub.find('#tab-for-you').focus();
  await userEvent.keyboard('{Alt>}{ArrowRight}{/Alt}');
  expect(selected(hub)).toEqual(['tab-for-you']);
});

test.each([
  ['rewards', 'tab-rewards'],
  ['rewards/vouchers', 'tab-rewards'],
  ['orders', 'tab-orders'],
  ['profile', 'tab-profile'],
  ['for-you', 'tab-for-you'],
  ['', 'tab-for-you'],
  ['nonsense/1', 'tab-for-you'],
])('opens %j at %s', async (target, expected) => {
  const hub = await openHub({}, { target });
  expect(selected(hub)).toEqual([expected]);
});

test.each([
  ['ArrowRight', false, 'b'],
  ['ArrowLeft', false, 'c'],
  ['ArrowRight', true, 'c'],
  ['ArrowLeft', true, 'b'],
  ['End', true, 'c'],
  ['ArrowDown', false, undefined],
])('from the first of three tabs %s, right to left %s, leads to %s', (key, rtl, expected) => {
  expect(neighbour(['a', 'b', 'c'], 'a', { key, rtl })).toBe(expected);
});

test('opens in English before the words of the tabs are there, and shows the outline of one', async () => {
  const hub = await openHub();
  hub.element.words = ENGLISH_WORDS;
  await vi.waitFor(() => expect(hub.all('#panel-for-you .bone')).not.toEqual([]));
  expect(hub.text()).toContain('Hello, Ada For you Rewards Orders Profile Account details');
});

test('says that a tab did not load where its words are missing, and fetches them again', async () => {
  const hub = await openHub();
  hub.element.words = new Words('en', ENGLISH);
  await vi.waitFor(() =>
    expect(hub.text()).toContain('Hello, Ada For you Rewards Orders Profile Something did not load'),
  );
  hub.control('Try again').click();
  await vi.waitFor(() => expect(hub.find('.balance-number').textContent).toBe('1,240 points'));
});
