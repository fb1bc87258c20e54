/**
 * hub.js: takes over the page's account links and loads the drawer when somebody is about to use one.
 * Costs the page nothing before that: no request, no layout read. If the drawer cannot load, the link is a link.
 */
import type { CartFetcher, Drawer, DrawerModule, Embed, Opening, Regulars, TokenFetcher } from './embed.ts';
import { hubTarget, isCheckout } from './loader/account-links.ts';
import { readTag, type Tag } from './loader/script-tag.ts';
import { isPlainClick, type Request, requestOf } from './loader/takeover.ts';

/** Every module that the first paint needs, the drawer last; written in at build time. Fetched side by side. */
declare const DRAWER_MODULES: readonly string[];

const PATIENCE_MS = 3000;

let drawer: Promise<Drawer> | null = null;
let mounted: Drawer | null = null;

function load(embed: Embed): Promise<Drawer> {
  drawer ??= Promise.all(DRAWER_MODULES.map((path): Promise<DrawerModule> => import(embed.origin + path)))
    .then(async (modules) => {
      mounted = (await modules[modules.length - 1]?.mount(embed)) ?? null;
      return mounted ?? Promise.reject();
    })
    .catch((error: unknown) => {
      drawer = null;
      throw error;
    });
  return drawer;
}

async function open(embed: Embed, opening: Opening): Promise<void> {
  const { href } = opening;
  const tooLate = new Promise<never>((_, reject) => {
    if (href) setTimeout(reject, PATIENCE_MS);
  });
  try {
    (await Promise.race([load(embed), tooLate])).open(opening);
  } catch {
    if (href) location.assign(href);
  }
}

function takeOver({ embed, accountPaths, signedOut }: Tag): void {
  /** The shopper is in Shopify's sheet; ours follows when they are through. */
  let signingIn = false;
  const intent = (event: Event): void => {
    if (!drawer && requestOf(event, accountPaths)) load(embed).catch(() => {});
  };
  const click = (event: MouseEvent): void => {
    const request = requestOf(event, accountPaths);
    if (!request || !isPlainClick(event, request)) return;
    signingIn = request.shopifyAccount && signedOut;
    if (signingIn) return;
    event.preventDefault();
    if (request.shopifyAccount) event.stopImmediatePropagation();
    void open(embed, toOpening(request));
  };
  for (const type of ['pointerover', 'focusin', 'touchstart']) {
    document.addEventListener(type, intent, { capture: true, passive: true });
  }
  document.addEventListener('click', click, true);
  document.addEventListener('storefront:signincompleted', () => {
    signedOut = false;
    embed.guest = false;
    mounted?.forget();
    if (signingIn) void open(embed, { target: '', opener: null, href: null });
    signingIn = false;
  });
}

const toOpening = ({ target, opener, href }: Request): Opening => ({
  target,
  opener,
  href,
});

function openFromHash(embed: Embed): void {
  const target = hubTarget(location.hash);
  if (target !== null) void open(embed, { target, opener: null, href: null });
}

function publicApi(embed: Embed): Regulars {
  return {
    identify(fetcher: TokenFetcher) {
      embed.fetchToken = fetcher;
      embed.guest = false;
      mounted?.forget();
    },
    cart(fetcher: CartFetcher) {
      embed.fetchCart = fetcher;
    },
    open: (target = '') => void open(embed, { target, opener: null, href: null }),
    close: () => mounted?.close(),
    signOut() {
      embed.fetchToken = null;
      embed.guest = true;
      mounted?.forget();
    },
    push(work) {
      work(this);
    },
  };
}

const tag = readTag();
const waiting = window.regulars;
if (tag && (!waiting || Array.isArray(waiting))) {
  const hub = publicApi(tag.embed);
  window.regulars = hub;
  for (const work of waiting ?? []) hub.push(work);
  if (!isCheckout(location.pathname)) takeOver(tag);
  addEventListener('hashchange', () => openFromHash(tag.embed));
  openFromHash(tag.embed);
}
