/** Reads the loader's own tag. Nothing about the shopper is ever in it. */
import type { Embed } from '../embed.ts';

export interface Tag {
  readonly embed: Embed;
  readonly accountPaths: readonly string[];
  /** `data-signed-in="false"`: Shopify's own sheet may sign the shopper in first. Absent: not known. */
  readonly signedOut: boolean;
}

export function readTag(): Tag | null {
  const tag = document.currentScript ?? document.querySelector('script[data-shop^="pk_"][src*="hub.js"]');
  if (!(tag instanceof HTMLScriptElement) || !tag.src) return null;
  const { shop, locale, tokenUrl, proxyUrl, accountPaths, signedIn } = tag.dataset;
  if (!shop) return null;
  return {
    embed: {
      origin: new URL(tag.src).origin,
      key: shop,
      locale: locale || null,
      tokenUrl: tokenUrl || null,
      proxyUrl: proxyUrl || null,
      fetchToken: null,
      fetchCart: null,
      guest: false,
    },
    accountPaths: accountPaths?.split(/[\s,]+/) ?? [],
    signedOut: signedIn === 'false',
  };
}
