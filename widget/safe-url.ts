/** Which addresses from the shop's data may become a link or an image. Everything else is shown without one. */

/** `javascript:`, `data:` and their like never reach an href. */
export function safeHref(url: string | null | undefined): string | null {
  const parsed = url ? URL.parse(url, document.baseURI) : null;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : null;
}

export function httpsOnly(url: string | null | undefined): string | null {
  const href = safeHref(url);
  return href?.startsWith('https:') ? href : null;
}
