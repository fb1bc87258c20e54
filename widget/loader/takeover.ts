/** Finds, for an event on the page, what it asks the hub to do. Looks through open shadow roots, touches nothing. */
import { hubTarget, isAccountLink } from './account-links.ts';

export interface Request {
  readonly target: string;
  readonly opener: HTMLElement;
  /** Where the shopper goes if the drawer cannot load; null where the element leads nowhere by itself. */
  readonly href: string | null;
  /** Shopify's own account button, which would open its sheet next to ours. */
  readonly shopifyAccount: boolean;
}

/** Icons sit in shadow roots, so the composed path is read, innermost first. */
export function requestOf(event: Event, extraPaths: readonly string[]): Request | null {
  const path = event.composedPath().filter((node) => node instanceof HTMLElement || node instanceof SVGElement);
  if (path.some((node) => node.localName === 'customer-hub')) return null;
  for (const node of path) {
    const request = node instanceof HTMLElement ? requestOfElement(node, extraPaths) : null;
    if (request) return request;
  }
  return null;
}

function requestOfElement(element: HTMLElement, extraPaths: readonly string[]): Request | null {
  const link = element instanceof HTMLAnchorElement && element.href ? new URL(element.href) : null;
  const asked = element.getAttribute('data-regulars-open');
  const inPage = link && link.href.split('#')[0] === location.href.split('#')[0] ? hubTarget(link.hash) : null;
  const shopifyAccount = element.localName === 'shopify-account';
  const target = asked ?? inPage ?? '';
  if (asked === null && inPage === null && !shopifyAccount && !(link && isOurs(element, link, extraPaths))) return null;
  const signIn = shopifyAccount ? (element.getAttribute('sign-in-url') ?? '/customer_authentication/login') : null;
  const href = link && inPage === null ? link.href : signIn && new URL(signIn, location.href).href;
  return { target, opener: element, href, shopifyAccount };
}

const isOurs = (element: HTMLElement, link: URL, extraPaths: readonly string[]): boolean =>
  isAccountLink(link, new URL(location.href), extraPaths) && !element.closest('[data-regulars-ignore]');

/** A plain press of the main button: everything else (new tab, download, another handler's) stays the browser's. */
export function isPlainClick(event: MouseEvent, request: Request): boolean {
  const newWindow = /^_(?!self)/.test(request.opener.getAttribute('target') ?? '');
  const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !modified && !newWindow;
}
