/** Decides which links of a storefront lead to the shopper's account. Pure: knows addresses, no events and no drawer. */

const LOCALE_PREFIX = /^\/[a-z]{2}(-[a-z]{2,4}){0,2}(?=\/)/i;
const ACCOUNT_PATH =
  /^\/(account(\/login)?|customer_authentication\/(login|redirect)|my-account|account\.php|login\.php)\/?$/;
const NOT_THE_HUB = /\/(log-?out|register|recover|profile|settings|addresses|checkouts?)(\/|$)/;

export const isCheckout = (path: string): boolean => /\/checkouts?(\/|$)/.test(path);

/** `#hub`, `#hub/orders`, `#hub/orders/{id}` -> what to open; null for every other fragment. */
export const hubTarget = (hash: string): string | null =>
  /^#hub(\/|$)/.test(hash) ? hash.slice(5).replace(/\/$/, '') : null;

/** `extraPaths` are the merchant's own, compared after the locale prefix is gone. */
export function isAccountLink(link: URL, page: URL, extraPaths: readonly string[] = []): boolean {
  const path = link.pathname.replace(LOCALE_PREFIX, '');
  if (!/^https?:$/.test(link.protocol) || NOT_THE_HUB.test(path) || /[?&]action=logout/.test(link.search)) return false;
  if (link.host === page.host) return ACCOUNT_PATH.test(path) || extraPaths.includes(path.replace(/(.)\/$/, '$1'));
  if (link.host === 'shopify.com') return /^\/\d+\/account(\/|$)/.test(path);
  return link.host === `account.${page.host.replace(/^www\./, '')}`;
}
