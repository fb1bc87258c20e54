/** A page of its own in a frame, with hub.js as it ships: the loader may take over, fetch and navigate there. */
import { expect, vi } from 'vitest';
import type { Regulars } from '../../widget/embed.ts';
import { type Answers, type FakeApi, fakeApi } from './fake-api.ts';
import { signedIn } from './fixtures.ts';
import { found } from './harness.ts';

type Page = Window & typeof globalThis;

export interface Storefront {
  readonly page: Page;
  readonly api: FakeApi;
  find(selector: string): HTMLElement;
  /** Presses as a shopper would; answers whether the browser was kept from following the link. */
  press(selector: string, event?: MouseEventInit): boolean;
  readonly hub: Regulars;
  dialog(): HTMLDialogElement | null;
  opened(): Promise<void>;
  /** The drawer's files that were asked for. */
  chunks(): string[];
}

export interface StorefrontSetup {
  readonly path?: string;
  readonly html?: string;
  readonly tag?: Record<string, string>;
  readonly chunks?: 'gone' | 'never';
  readonly answers?: Answers;
  readonly before?: (page: Page) => void;
}

export async function storefront(setup: StorefrontSetup = {}): Promise<Storefront> {
  const frame = document.createElement('iframe');
  frame.style.cssText = 'width: 1000px; height: 700px; border: 0';
  frame.src = setup.path ?? '/storefront';
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  const page = found(frame.contentDocument?.defaultView, 'page');
  const api = fakeApi({ 'POST /hub/v1/session': signedIn(), ...setup.answers }, page);
  if (setup.html) page.document.body.innerHTML = setup.html;
  setup.before?.(page);
  if (!page.document.querySelector('script[data-shop]')) await addTag(page, setup);
  await vi.waitFor(() => expect(regulars(page)).not.toBe(null));
  return handle(page, api);
}

function addTag(page: Page, { tag = {}, chunks }: StorefrontSetup): Promise<unknown> {
  const script = page.document.createElement('script');
  script.async = true;
  script.src = chunks ? `/hub.js?chunks=${chunks}` : '/hub.js';
  for (const [name, value] of Object.entries({ 'data-shop': 'pk_test', ...tag })) script.setAttribute(name, value);
  page.document.body.append(script);
  return new Promise((resolve) => script.addEventListener('load', resolve, { once: true }));
}

function regulars(page: Page): Regulars | null {
  const { regulars: hub } = page;
  return hub && !Array.isArray(hub) ? hub : null;
}

function handle(page: Page, api: FakeApi): Storefront {
  const dialog = (): HTMLDialogElement | null =>
    page.document.querySelector('customer-hub')?.shadowRoot?.querySelector('dialog') ?? null;
  const find = (selector: string): HTMLElement => found(page.document.querySelector<HTMLElement>(selector), selector);
  return {
    page,
    api,
    find,
    dialog,
    get hub() {
      return found(regulars(page), 'window.regulars');
    },
    press: (selector, event) => pressed(page, find(selector), event),
    opened: () => vi.waitFor(() => expect(dialog()?.open).toBe(true)),
    chunks: () =>
      page.performance
        .getEntriesByType('resource')
        .map(({ name }) => new URL(name).pathname)
        .filter((path) => path.startsWith('/hub/')),
  };
}

/** The event goes through every listener before the browser would follow the link; there it is stopped. */
function pressed(page: Page, target: HTMLElement, init: MouseEventInit = {}): boolean {
  let prevented: boolean | null = null;
  const last = (event: Event): void => {
    prevented = event.defaultPrevented;
    event.preventDefault();
  };
  page.addEventListener('click', last, { once: true });
  const event = new page.MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...init });
  target.dispatchEvent(event);
  page.removeEventListener('click', last);
  return prevented ?? event.defaultPrevented;
}
