/** The drawer's first lines: whose shop it is, who is greeted, and the way out. */
import { html, type TemplateResult } from 'lit';
import type { HubView } from '../../worker/wire/hub.ts';
import type { Words } from '../strings/words.ts';
import { closeIcon } from './icons.ts';

export interface Header {
  readonly words: Words;
  readonly view: HubView | null;
  readonly onClose: () => void;
}

export const renderHeader = ({ words, view, onClose }: Header): TemplateResult => html`
  <header class="header" part="header">
    <div class="titles">
      <p class="shop" part="shop">${view?.shop.name ?? '\u00a0'}</p>
      <h2 id="title" class="title" part="title" tabindex="-1" data-heading>${titleOf(words, view)}</h2>
    </div>
    <button class="close" part="close" aria-label=${words.strings.close} @click=${onClose}>${closeIcon()}</button>
  </header>`;

function titleOf(words: Words, view: HubView | null): string {
  const { strings } = words;
  if (!view) return strings.yourAccount;
  if (!view.customer) return strings.welcome;
  const name = view.customer.firstName;
  return name ? words.fill(strings.greeting, { name }) : strings.greetingNameless;
}
