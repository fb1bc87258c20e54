/** What a guest sees: how to sign in, and what they agree to before they do. */
import { html, nothing, type TemplateResult } from 'lit';
import type { HubShop } from '../../worker/wire/hub.ts';
import { safeHref } from '../safe-url.ts';
import type { Words } from '../strings/words.ts';
import { sparkIcon } from './icons.ts';

/** `href` is the account link that was taken over: it signs in where the shop has named no address. */
export function renderSignedOut(words: Words, { links }: HubShop, href: string | null): TemplateResult {
  const { strings } = words;
  const signIn = safeHref(links.signIn) ?? safeHref(links.account) ?? safeHref(href);
  const create = safeHref(links.createAccount);
  return html`
    <div class="body" part="body">
      <div class="card" part="card signed-out">${sparkIcon()}<p class="lead">${strings.signedOutLead}</p></div>
      <div class="actions">
        ${signIn ? html`<a class="button primary" part="button primary-button" href=${signIn}>${strings.signIn}</a>` : nothing}
        ${create ? html`<a class="button" part="button" href=${create}>${strings.createAccount}</a>` : nothing}
      </div>
      ${renderLegal(words, links, strings.beforeSignIn)}
    </div>`;
}

export function renderLegal(words: Words, links: HubShop['links'], label: string): TemplateResult | typeof nothing {
  const { strings } = words;
  const legal = [
    { href: safeHref(links.privacy), text: strings.privacy },
    { href: safeHref(links.terms), text: strings.terms },
  ].filter(({ href }) => href !== null);
  if (legal.length === 0) return nothing;
  return html`
    <nav class="legal" part="legal" aria-label=${label}>
      ${legal.map(({ href, text }) => html`<a class="quiet-link" href=${href}>${text}</a>`)}
    </nav>`;
}

export function renderFooter(words: Words, { links }: HubShop): TemplateResult {
  const account = safeHref(links.account);
  return html`
    <footer class="footer" part="footer">
      ${account ? html`<a class="quiet-link strong" part="account-link" href=${account}>${words.strings.account}</a>` : nothing}
      ${renderLegal(words, links, words.strings.legal)}
    </footer>`;
}
