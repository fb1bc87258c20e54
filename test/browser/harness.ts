/** Puts the real drawer on the page and speaks of it as a shopper would: by roles, names and keys. */
import { afterEach, expect, vi } from 'vitest';
import { commands, page } from 'vitest/browser';
import { mount } from '../../widget/drawer.ts';
// Loaded before any test: a first download on a busy machine is no part of what the tests wait for.
import '../../widget/tabs/for-you.ts';
import '../../widget/tabs/orders.ts';
import '../../widget/tabs/profile.ts';
import '../../widget/tabs/rewards.ts';
import '../../widget/tabs/rewards-pages.ts';
import '../../widget/strings/ar.ts';
import '../../widget/strings/de.ts';
import '../../widget/strings/en-tabs.ts';
import type { CustomerHub } from '../../widget/element/customer-hub.ts';
import type { Drawer, Embed, Opening } from '../../widget/embed.ts';
import { type Answers, type FakeApi, fakeApi } from './fake-api.ts';
import { signedIn } from './fixtures.ts';
import type { Media } from './project.ts';

declare module 'vitest/browser' {
  interface BrowserCommands {
    emulateMedia(media: Media): Promise<void>;
  }
}

const MEDIA: Media = { colorScheme: 'light', reducedMotion: 'reduce', forcedColors: 'none' };
export const emulate = (media: Media): Promise<void> => commands.emulateMedia({ ...MEDIA, ...media });

export interface Hub {
  readonly drawer: Drawer;
  readonly element: CustomerHub;
  readonly root: ShadowRoot;
  readonly dialog: HTMLDialogElement;
  readonly api: FakeApi;
  readonly opener: HTMLElement;
  readonly embed: Embed;
  open(opening?: Partial<Opening>): Promise<void>;
  /** The text that a shopper sees, white space made even. */
  text(): string;
  find(selector: string): HTMLElement;
  all(selector: string): HTMLElement[];
  /** A button, link or tab by what it says. */
  control(name: string): HTMLElement;
  settled(): Promise<void>;
}

export interface Setup {
  readonly answers?: Answers;
  readonly embed?: Partial<Embed>;
  readonly opener?: HTMLElement;
}

/** Mounted and not opened: no request has been made. */
export async function setUp({ answers = {}, embed: own = {}, opener = button() }: Setup = {}): Promise<Hub> {
  const api = fakeApi({ 'POST /hub/v1/session': signedIn(), ...answers });
  const embed: Embed = {
    origin: 'https://edge.example',
    key: 'pk_test',
    locale: 'en',
    tokenUrl: null,
    proxyUrl: null,
    fetchToken: async () => 'merchant.jwt.1',
    fetchCart: null,
    guest: false,
    ...own,
  };
  const drawer = await mount(embed);
  return Object.assign(handle(drawer, opener), { api, opener, embed, drawer });
}

function handle(drawer: Drawer, opener: HTMLElement): Omit<Hub, 'api' | 'opener' | 'embed' | 'drawer'> {
  const element = (): CustomerHub => found(document.querySelector('customer-hub'), 'customer-hub');
  const root = (): ShadowRoot => found(element().shadowRoot, 'shadow root');
  const all = (selector: string): HTMLElement[] => [...root().querySelectorAll<HTMLElement>(selector)];
  return {
    get element() {
      return element();
    },
    get root() {
      return root();
    },
    get dialog() {
      return found(root().querySelector('dialog'), 'dialog');
    },
    async open(opening) {
      drawer.open({ target: '', opener, href: '/account', ...opening });
      await vi.waitFor(() => expect(root().querySelector('dialog')?.open).toBe(true));
    },
    text: () => seen(found(root().querySelector<HTMLElement>('.panel'), 'panel')).join(' '),
    find: (selector) => found(root().querySelector<HTMLElement>(selector), selector),
    all,
    control: (name) =>
      found(
        all('button, a').find((control) => nameOf(control) === name || nameOf(control).startsWith(`${name},`)) ?? null,
        name,
      ),
    async settled() {
      await vi.waitFor(() => expect(root().querySelector('.bone')).toBe(null));
      await element().updateComplete;
    },
  };
}

/** What can be seen, line by line: innerText, because hidden text is what it leaves out. */
export const seen = (element: HTMLElement): string[] =>
  element.innerText
    .split(/\n+/)
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter(Boolean);

const nameOf = (control: HTMLElement): string =>
  control.getAttribute('aria-label') ?? (control.textContent ?? '').replace(/\s+/g, ' ').trim();

/** Opened, answered and drawn. */
export async function openHub(setup: Setup = {}, opening: Partial<Opening> = {}): Promise<Hub> {
  const hub = await setUp(setup);
  await hub.open(opening);
  await hub.settled();
  return hub;
}

export function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`There is no ${what}`);
  return value;
}

export function button(): HTMLButtonElement {
  const made = document.createElement('button');
  made.textContent = 'Account';
  document.body.append(made);
  return made;
}

export function focused(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

afterEach(async () => {
  document.body.replaceChildren();
  document.body.removeAttribute('style');
  document.documentElement.removeAttribute('style');
  vi.unstubAllGlobals();
  vi.useRealTimers();
  await emulate({});
  await page.viewport(1280, 800);
});
