/** The bag: what is in it, which codes count and why others do not, and the checkout. */
import { type Cart, countItems } from './cart.ts';
import { money } from './catalogue.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { GIFT_CARD } from './offers.ts';
import { shippingFor } from './order.ts';
import type { Visitor } from './shop.ts';
import type { Shopper } from './shoppers.ts';
import type { Quote, QuotedCode } from './till.ts';

export function cartPage({ cart, shopper }: Visitor, quote: Quote): Page {
  if (cart.length === 0) {
    const body = html`<div class="narrow"><h1>Your bag is empty</h1><p class="muted">The kettle can wait.</p><p><a class="button" href="/">Back to the shelf</a></p></div>`;
    return { title: 'Bag', body };
  }
  const body = html`<div class="narrow"><h1>Your bag</h1>
<section class="sheet" aria-label="What is in it"><ul class="lines">${cart.map(cartLine)}</ul>${codesIn(quote)}${sums(cart, quote)}</section>
${checkout(shopper)}</div>`;
  return { title: `Bag (${countItems(cart)})`, body };
}

const cartLine = ({ product, quantity }: Cart[number]): Html => html`<li>
<img src="/art/${product.slug}.svg" alt="" width="72" height="72">
<div><h2 class="name">${product.title}</h2><form method="post" action="/cart/set"><input type="hidden" name="slug" value="${product.slug}">
<select name="quantity" aria-label="Quantity of ${product.title}" data-submit>${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => html`<option value="${n}"${n === quantity && html` selected`}>${n === 0 ? 'Remove' : n}</option>`)}</select>
<noscript><button class="small quiet">Set</button></noscript></form></div>
<strong>${money(product.priceMinor * quantity)}</strong></li>`;

/** Every code with what it does, or why it does not. */
const codesIn = ({
  codes,
}: Quote): Html => html`<section class="codes" aria-label="Codes"><ul>${codes.map(codeLine)}</ul>
<form class="row" method="post" action="/cart/code"><label for="code">Discount code or gift card</label>
<input id="code" name="code" required maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false"><button class="small quiet">Apply</button></form>
<p class="muted">Demo: try <a href="/discount/SPRING">SPRING</a>, or the gift card ${GIFT_CARD.code}.</p></section>`;

const codeLine = (
  one: QuotedCode,
): Html => html`<li${one.kind === 'refused' && html` class="refused"`}><div><strong>${one.code}</strong>
<span>${sayingOf(one)}</span></div><form method="post" action="/cart/code"><button class="small quiet" name="drop" value="${one.code}" aria-label="Remove ${one.code}">Remove</button></form></li>`;

function sayingOf(one: QuotedCode): string {
  if (one.kind === 'refused') return one.reason;
  if (one.kind === 'shipping') return 'Post is on us';
  return `−${money(one.minor)}${one.kind === 'gift' ? ' from the card' : ''}`;
}

function sums(cart: Cart, { discountMinor, freeShipping, giftMinor }: Quote): Html {
  const goods = cart.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0);
  const shipping = freeShipping ? 0 : shippingFor(cart);
  const row = (name: string, minor: number): Html | null =>
    minor === 0 ? null : html`<dt>${name}</dt><dd>−${money(minor)}</dd>`;
  return html`<dl class="sums"><dt>Goods</dt><dd>${money(goods)}</dd>${row('Codes', discountMinor)}<dt>Tracked post</dt><dd>${shipping === 0 ? 'free' : money(shipping)}</dd>${row('Gift card', giftMinor)}<dt class="total">${giftMinor === 0 ? 'Total' : 'Left to pay'}, tax included</dt><dd class="total">${money(goods - discountMinor + shipping - giftMinor)}</dd></dl>`;
}

const checkout = (shopper: Shopper | null): Html => html`<form class="sheet" method="post" action="/checkout">
${shopper === null ? guestEmail : html`<p>Ordering as <strong>${shopper.firstName} ${shopper.lastName}</strong>, ${shopper.email}.</p>`}
<p><button>Place order</button></p>
<p class="muted">No payment is taken. The shop's server signs two webhooks, as Shopify would: order created, order paid.</p></form>`;

const guestEmail: Html = html`<label for="email">Your e-mail</label>
<input id="email" name="email" type="email" required maxlength="200" autocomplete="email" value="guest@example.com">
<p class="muted">Or <a href="/account/login">sign in</a> to have the points at once.</p>`;
