/** One order in the list, the whole row a button. Also the picture and the status that the detail shows again. */
import { html, nothing, type TemplateResult } from 'lit';
import type { OrderSummary } from '../../worker/wire/hub.ts';
import { httpsOnly } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { boxIcon, forwardIcon } from './order-icons.ts';
import { type Status, statusOf } from './order-status.ts';

export function renderOrderRow(words: TabWords, order: OrderSummary, onSelect: () => void): TemplateResult {
  const { text } = words;
  const items = words.plural(text.items, order.itemCount, {
    count: words.number(order.itemCount),
  });
  return html`
    <li>
      <button class="order" part="order" data-order=${order.id} @click=${onSelect}>
        ${renderPicture(order.imageUrl)}
        <span class="order-what">
          <span class="order-head">
            <span class="order-name">${order.name}</span>
            <span class="order-total">${words.money(order.totalMinor, order.currency)}</span>
          </span>
          <span class="order-facts">${words.recent(order.placedAtMs)} · ${items}</span>
          ${renderStatus(words, statusOf(order))}
        </span>
        ${forwardIcon()}
      </button>
    </li>`;
}

/** The box has its size before the picture comes, and keeps it where none does. */
export function renderPicture(url: string | null): TemplateResult {
  const src = httpsOnly(url);
  const image = html`
    <img alt="" width="64" height="64" loading="lazy" decoding="async" referrerpolicy="no-referrer" src=${src} @error=${hide} />`;
  return html`<span class="picture" part="picture">${boxIcon()}${src ? image : nothing}</span>`;
}

function hide({ currentTarget }: Event): void {
  if (currentTarget instanceof HTMLElement) currentTarget.hidden = true;
}

export const renderStatus = ({ text }: TabWords, { key, tone }: Status): TemplateResult => html`
  <span class="status ${tone}" part="status">${text.status[key] ?? key}</span>`;
