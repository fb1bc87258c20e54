/** What the loader hands to the drawer, and what the drawer answers with. Types only: the two are separate downloads. */
import type { HubCart } from '../worker/wire/hub-programme.ts';

/** The page's side. The loader owns it and may change it; the drawer reads it afresh at every exchange. */
export interface Embed {
  /** Where hub.js came from: the API answers there. */
  readonly origin: string;
  /** The publishable key, pk_… */
  readonly key: string;
  readonly locale: string | null;
  /** Same-origin address that answers a merchant JWT, as `{"token": "…"}` or as text. */
  readonly tokenUrl: string | null;
  /** Same-origin prefix of a Shopify app proxy; `{proxyUrl}/session` answers a whole view. */
  readonly proxyUrl: string | null;
  /** From `regulars.identify`; wins over the two addresses. */
  fetchToken: TokenFetcher | null;
  /** From `regulars.cart`: which vouchers fit is told for it. */
  fetchCart: CartFetcher | null;
  /** The page said that its shopper has signed out: ask for no proof until it says otherwise. */
  guest: boolean;
}

/** Answers a fresh merchant JWT, or nothing for a guest. Called again whenever a session has to be renewed. */
export type TokenFetcher = () => Promise<string | null | undefined>;

/** Answers what is in the cart now, or nothing where that is not known. */
export type CartFetcher = () => HubCart | null | undefined | Promise<HubCart | null | undefined>;

export interface Opening {
  /** `''`, `for-you`, `rewards`, `rewards/vouchers`, `orders`, `orders/{id}` …; anything else opens the first tab. */
  readonly target: string;
  /** Where the focus returns to. */
  readonly opener: HTMLElement | null;
  /** The link that was taken over: what the shopper can still follow when the hub cannot answer. */
  readonly href: string | null;
}

export interface Drawer {
  open(opening: Opening): void;
  close(): void;
  /** Another shopper, or none: drop the bearer and every view, and ask again if the drawer is open. */
  forget(): void;
}

export interface DrawerModule {
  mount(embed: Embed): Promise<Drawer>;
}

/** `window.regulars` once hub.js has run. Before that it is an array: `(window.regulars ||= []).push((hub) => …)`. */
export interface Regulars {
  identify(fetcher: TokenFetcher): void;
  /** Which vouchers fit is told for the cart that `fetcher` answers. On Shopify the cart is read without it. */
  cart(fetcher: CartFetcher): void;
  open(target?: string): void;
  close(): void;
  signOut(): void;
  /** Runs `work` at once. The same call works before hub.js has loaded, because arrays have it too. */
  push(work: (hub: Regulars) => void): void;
}

declare global {
  interface Window {
    regulars?: Regulars | ((hub: Regulars) => void)[];
  }
}
