/** One order: where it is, what is in it, what it cost. */
import { html, nothing, type TemplateResult } from 'lit';
import type { OrderDetail, OrderLine, OrderSummary } from '../../worker/wire/hub.ts';
import { safeHref } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderPicture, renderStatus } from './order-row.ts';
import { statusOf } from './order-status.ts';
import { renderTracking } from './tracking.ts';

export const renderDetailHeader = (words: TabWords, order: OrderSummary): TemplateResult => html`
  <div class="detail-header">
    <h3 class="detail-title" tabindex="-1" data-order-heading>${words.fill(words.text.order, { name: order.name })}</h3>
    <p class="order-facts">${words.fill(words.text.placed, { date: words.date(order.placedAtMs) })}</p>
    ${renderStatus(words, statusOf(order))}
  </div>`;

export function renderDetail(
  words: TabWords,
  order: OrderDetail,
  copy: (event: Event, number: string) => void,
): TemplateResult {
  // One parcel's status is the order's, which stands above it.
  const parcels = order.tracking.length > 1 ? order.tracking : order.tracking.map((one) => ({ ...one, status: null }));
  return html`
    ${parcels.map((parcel) => renderTracking(words, parcel, copy))}
    <ul class="list lines" part="lines" aria-label=${words.text.order.replace('{name}', order.name)}>
      ${order.lines.map((line) => renderLine(words, line, order.currency))}
    </ul>
    ${renderMoney(words, order)}`;
}

function renderLine(words: TabWords, line: OrderLine, currency: string): TemplateResult {
  const href = safeHref(line.url);
  const quantity = line.quantity === 1 ? null : words.fill(words.text.quantity, { count: words.number(line.quantity) });
  return html`
    <li class="line" part="line">
      ${renderPicture(line.imageUrl)}
      <div class="order-what">
        <div class="order-head">
          <p class="line-title">${href ? html`<a class="line-link" href=${href}>${line.title}</a>` : line.title}</p>
          <p class="order-total">${words.money(line.totalMinor, currency)}</p>
        </div>
        ${line.variantTitle ? html`<p class="order-facts">${line.variantTitle}</p>` : nothing}
        ${quantity ? html`<p class="order-facts">${quantity}</p>` : nothing}
      </div>
    </li>`;
}

function renderMoney(words: TabWords, order: OrderDetail): TemplateResult {
  const { text } = words;
  const money = (minor: number): string => words.money(minor, order.currency);
  const row = (label: string, value: string, kind = ''): TemplateResult => html`
    <div class="money-row ${kind}"><dt>${label}</dt><dd>${value}</dd></div>`;
  return html`
    <dl class="money" part="money">
      ${row(text.subtotal, money(order.subtotalMinor))}
      ${order.discountMinor ? row(text.discount, money(-order.discountMinor)) : nothing}
      ${row(text.shipping, order.shippingMinor ? money(order.shippingMinor) : text.free)}
      ${order.taxMinor ? row(order.taxesIncluded ? text.taxIncluded : text.tax, money(order.taxMinor)) : nothing}
      ${row(text.total, money(order.totalMinor), 'total')}
      ${order.refundedMinor ? row(text.refunded, money(-order.refundedMinor)) : nothing}
      ${order.points ? row(text.pointsFromOrder, words.signed(order.points), 'points') : nothing}
    </dl>`;
}
