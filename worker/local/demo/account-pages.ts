/** What a buyer sees after buying, and the order desk: ships, refunds and cancels as the shop's staff would. */
import { money } from './catalogue.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { discountOf, lineTotal, type Order, type OrderLine, productOf, refundedOf, totalOf } from './order.ts';
import { findShopper, SHOPPERS, type Shopper } from './shoppers.ts';

export const accountPage = (shopper: Shopper, orders: Order[]): Page => ({
  title: 'Account',
  body: html`<div class="narrow"><h1>Hello, ${shopper.firstName}</h1>
<p class="muted">${shopper.email}</p>
<form method="post" action="/demo/sign-in"><input type="hidden" name="back" value="/"><p><button class="small quiet" name="shopper" value="">Sign out</button></p></form>
${orders.length === 0 ? html`<p>No orders yet. <a href="/">The shelf is this way.</a></p>` : orders.map((order) => orderCard(order, '/account'))}</div>`,
});

export const deskPage = (orders: Order[]): Page => ({
  title: 'Order desk',
  body: html`<div class="narrow"><h1>Order desk</h1>
<p class="muted">Behind the counter of the demo. Each button sends the webhooks that Shopify would send; watch the points follow.</p>
${orders.length === 0 ? html`<p>Nothing has been ordered yet.</p>` : orders.map((order) => orderCard(order, '/desk'))}</div>`,
});

export const thanksPage = (order: Order): Page => ({
  title: `Order #${order.number}`,
  body: html`<div class="narrow"><h1>Thank you${order.shopper !== null && html`, ${findShopper(order.shopper)?.firstName ?? ''}`}</h1>
<p>Order #${order.number} is on its way to the packing table. ${order.shopper === null ? 'Your points wait under your e-mail address.' : 'Your points are there already.'}</p>
<p class="row"><a class="button" href="/account">See my points</a><a class="button quiet" href="/">Back to the shelf</a></p>
${orderCard(order, `/thanks/${order.id}`)}</div>`,
});

export const loginPage = (): Page => ({
  title: 'Sign in',
  body: html`<div class="narrow"><h1>Who is shopping?</h1><p class="muted">A demo needs no passwords. Choose somebody.</p>
<form method="post" action="/demo/sign-in"><input type="hidden" name="back" value="/"><ul class="people">
${SHOPPERS.map((one) => html`<li><button class="quiet" name="shopper" value="${one.key}"><i aria-hidden="true">${one.firstName.slice(0, 1)}</i><div>${one.firstName} ${one.lastName}<span>${one.note}</span></div></button></li>`)}
</ul></form></div>`,
});

export const smallPrint = (title: string, text: string): Page => ({
  title,
  body: html`<div class="narrow"><h1>${title}</h1><p>${text}</p></div>`,
});

export const notFoundPage: Page = {
  title: 'Not here',
  body: html`<div class="narrow"><h1>Nothing on this shelf</h1><p><a class="button" href="/">Back to the shop</a></p></div>`,
};

function orderCard(order: Order, back: string): Html {
  const refunded = refundedOf(order);
  return html`<article class="sheet order"><header><h2>#${order.number}</h2><span class="tag">${statusOf(order)}</span>
<time datetime="${order.placedAtIso}">${day(order.placedAtIso)} · ${findShopper(order.shopper ?? '')?.firstName ?? order.email}</time></header>
<ul class="lines">${order.lines.map((line) => orderLine(order, line, back))}</ul>
<dl class="sums">${discountOf(order) > 0 && html`<dt>Codes ${(order.codes?.codes ?? []).join(', ')}</dt><dd>−${money(discountOf(order))}</dd>`}<dt>Tracked post</dt><dd>${order.shippingMinor === 0 ? 'free' : money(order.shippingMinor)}</dd>
${(order.codes?.giftMinor ?? 0) > 0 && html`<dt>Of it by gift card</dt><dd>${money(order.codes?.giftMinor ?? 0)}</dd>`}
${refunded > 0 && html`<dt>Refunded</dt><dd>−${money(refunded)}</dd>`}<dt class="total">Total</dt><dd class="total">${money(totalOf(order) - refunded)}</dd></dl>
${order.fulfilment !== null && html`<p class="muted">An Post ${order.fulfilment.trackingNumber}</p>`}
${deskActions(order, back)}</article>`;
}

const orderLine = (order: Order, line: OrderLine, back: string): Html => html`<li>
<img src="/art/${line.slug}.svg" alt="" width="72" height="72" loading="lazy">
<div><h3>${productOf(line).title}</h3><span class="muted">× ${line.quantity}</span>${line.refundId === null && order.cancelledAtIso === null ? act(order, back, 'refund', 'Refund this line', line.id) : null}</div>
<span${line.refundId !== null && html` class="was"`}>${money(lineTotal(line) + (line.discountMinor ?? 0))}</span></li>`;

function deskActions(order: Order, back: string): Html | null {
  if (order.cancelledAtIso !== null) return null;
  const { fulfilment } = order;
  const next =
    fulfilment === null
      ? html`${act(order, back, 'ship', 'Ship it')}${act(order, back, 'cancel', 'Cancel and refund')}`
      : !fulfilment.delivered && act(order, back, 'deliver', 'Mark as delivered');
  return next === false
    ? null
    : html`<fieldset class="desk"><legend>Order desk (demo)</legend><div class="row">${next}</div></fieldset>`;
}

const act = (order: Order, back: string, action: string, label: string, line = ''): Html =>
  html`<form method="post" action="/desk/${order.id}/${action}"><input type="hidden" name="back" value="${back}"><input type="hidden" name="line" value="${line}"><button class="small quiet">${label}</button></form>`;

function statusOf(order: Order): string {
  if (order.cancelledAtIso !== null) return 'Cancelled';
  if (order.lines.every((line) => line.refundId !== null)) return 'Refunded';
  if (order.fulfilment === null) return 'Paid';
  return order.fulfilment.delivered ? 'Delivered' : 'On its way';
}

const day = (iso: string): string => new Intl.DateTimeFormat('en-IE', { dateStyle: 'medium' }).format(new Date(iso));
