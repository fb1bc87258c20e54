import { expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { signedOut } from './fixtures.ts';
import { button, emulate, focused, found, type Hub, openHub } from './harness.ts';

const closes = (hub: Hub): Promise<void> => vi.waitFor(() => expect(hub.dialog.open).toBe(false));

test('is a modal dialog named by its heading, which has the focus', async () => {
  const hub = await openHub();
  expect(hub.dialog.matches(':modal')).toBe(true);
  const title = hub.find(`#${hub.dialog.getAttribute('aria-labelledby')}`);
  expect(title.textContent).toBe('Hello, Ada');
  expect(focused()).toBe(title);
});

test('closes on Escape and gives the focus back to what opened it', async () => {
  const hub = await openHub();
  await userEvent.keyboard('{Escape}');
  await closes(hub);
  expect(focused()).toBe(hub.opener);
});

test('gives the focus back into a shadow root', async () => {
  const host = document.createElement('div');
  document.body.append(host);
  const opener = button();
  host.attachShadow({ mode: 'open' }).append(opener);
  const hub = await openHub({ opener });
  hub.drawer.close();
  await closes(hub);
  expect(focused()).toBe(opener);
});

test('gives the focus to what is next to an opener that has gone', async () => {
  const header = document.createElement('header');
  const opener = button();
  const neighbour = button();
  header.append(opener, neighbour);
  document.body.append(header);
  const hub = await openHub({ opener });
  opener.remove();
  hub.drawer.close();
  await closes(hub);
  expect(focused()).toBe(neighbour);
});

test('closes by a press outside, but not where a press only ends outside', async () => {
  const hub = await openHub();
  hub.find('.panel').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  hub.dialog.dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(hub.dialog.open).toBe(true);
  await userEvent.click(hub.dialog, { position: { x: 20, y: 20 } });
  await closes(hub);
});

test('has a close button of at least 44 pixels that says what it does', async () => {
  const hub = await openHub();
  const close = hub.control('Close');
  const { width, height } = close.getBoundingClientRect();
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
  await userEvent.click(close);
  await closes(hub);
});

test('keeps Tab and Shift+Tab inside', async () => {
  const outside = button();
  const hub = await openHub({ answers: { 'POST /hub/v1/session': signedOut } });
  const stops: (string | null | undefined)[] = [];
  for (let press = 0; press < 6; press++) {
    await userEvent.tab();
    stops.push(focused()?.getAttribute('aria-label') ?? focused()?.textContent);
    expect(focused()).not.toBe(outside);
  }
  expect(stops).toEqual(['Close', 'Sign in', 'Create an account', 'Privacy policy', 'Terms', 'Close']);
  await userEvent.tab({ shift: true });
  expect(focused()?.textContent).toBe('Terms');
  hub.find('#title').focus();
  await userEvent.tab({ shift: true });
  expect(focused()?.textContent).toBe('Terms');
});

test('slides out before it closes, and cannot be used meanwhile', async () => {
  await emulate({ reducedMotion: 'no-preference' });
  const hub = await openHub();
  expect(hub.find('.panel').getAnimations()).not.toEqual([]);
  hub.drawer.close();
  await hub.element.updateComplete;
  expect([hub.dialog.open, hub.find('.panel').inert]).toEqual([true, true]);
  await closes(hub);
});

test('stays open when it is opened again while it slides out', async () => {
  await emulate({ reducedMotion: 'no-preference' });
  const hub = await openHub();
  hub.drawer.close();
  await hub.element.updateComplete;
  await hub.open();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([hub.dialog.open, hub.find('.panel').inert]).toEqual([true, false]);
});

test('does not slide for a shopper who wants less motion', async () => {
  const hub = await openHub();
  expect(hub.root.getAnimations()).toEqual([]);
});

test.each(['html', 'body'])('keeps the page still and in its place where %s scrolls', async (scroller) => {
  const header = longPage(scroller);
  const before = header.getBoundingClientRect().toJSON();
  expect(innerWidth - document.documentElement.clientWidth).toBeGreaterThan(0);
  scrollTo(0, 300);
  const hub = await openHub();
  expect(header.getBoundingClientRect().toJSON()).toEqual(before);
  await userEvent.wheel(document.body, { delta: { y: 400 } });
  expect(scrollY).toBe(300);
  const locked = getComputedStyle(scroller === 'html' ? document.documentElement : document.body).overflowY;
  expect(locked).toBe('hidden');
  hub.drawer.close();
  await closes(hub);
  expect(header.getBoundingClientRect().toJSON()).toEqual(before);
  expect([document.documentElement.style.overflow, scrollY]).toEqual(['', 300]);
});

/** A sticky header and more than a page below it. Themes often let the body have a say about overflow. */
function longPage(scroller: string): HTMLElement {
  document.body.style.margin = '0';
  if (scroller === 'body') document.body.style.overflowX = 'hidden';
  const header = document.createElement('header');
  header.style.cssText = 'position: sticky; top: 0; height: 60px; background: silver';
  const rest = document.createElement('main');
  rest.style.height = '4000px';
  document.body.append(header, rest);
  return header;
}

test('unlocks the page when the page takes the element away', async () => {
  const hub = await openHub();
  expect(document.documentElement.style.overflow).toBe('hidden');
  hub.element.remove();
  expect(document.documentElement.style.overflow).toBe('');
});

test('fills a phone and leaves a margin on a desk', async () => {
  const hub = await openHub();
  const desk = hub.find('.panel').getBoundingClientRect();
  expect([innerWidth - desk.right, desk.top, innerHeight - desk.bottom]).toEqual([12, 12, 12]);
  await page.viewport(375, 700);
  const phone = hub.find('.panel').getBoundingClientRect();
  expect([phone.left, phone.top, phone.width, phone.height]).toEqual([0, 0, 375, 700]);
});

test('slides from the other side where the language is read from right to left', async () => {
  const hub = await openHub({ embed: { locale: 'ar' } });
  expect([hub.element.lang, hub.element.dir]).toEqual(['ar', 'rtl']);
  expect(hub.find('.panel').getBoundingClientRect().left).toBe(12);
  expect(found(hub.find('.close'), 'close').getBoundingClientRect().left).toBeLessThan(100);
});
