/** What a visitor sees before buying: the shelf, one product, the bag. */
import { type Cart, countItems } from './cart.ts';
import { CATEGORIES, type Category, money, PRODUCTS, type Product } from './catalogue.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { shippingFor } from './order.ts';
import type { Shopper } from './shoppers.ts';

export function shelfPage(wanted: string | null): Page {
  const category = isCategory(wanted) ? wanted : null;
  const products = PRODUCTS.filter((product) => category === null || product.category === category);
  const heading = category === null ? 'Everything on the shelf' : CATEGORIES[category];
  const body = html`${category === null && hero}
<div class="shelf" id="shelf">${category === null ? html`<h2>${heading}</h2>` : html`<h1>${heading}</h1>`}<span>${products.length} things</span></div>
<ul class="grid">${products.map((product, index) => html`<li>${card(product, index < 4)}</li>`)}</ul>`;
  return { title: category === null ? 'Tea and quiet things' : heading, body };
}

const isCategory = (text: string | null): text is Category => text !== null && Object.hasOwn(CATEGORIES, text);

const hero: Html = html`<section class="hero"><div>
<h1>Tea, and the quiet things around it</h1>
<p>Loose leaf from people we know, ware that lasts, and plants that like steam. Every euro earns a point.</p>
<p class="row"><a class="button" href="#shelf">Have a look</a><a class="button quiet" href="/account">See my points</a></p>
</div><img src="/art/two-cups.svg" alt="" width="300" height="300"></section>`;

const picture = (product: Product, isEager: boolean): Html =>
  html`<img src="/art/${product.slug}.svg" alt="${product.title}, drawn" width="400" height="400"${!isEager && html` loading="lazy"`}>`;

const card = (product: Product, isEager: boolean): Html => html`<article class="product">
${picture(product, isEager)}
<h2 class="name"><a href="/p/${product.slug}">${product.title}</a></h2>
<p>${product.blurb}</p>
<div class="buy"><strong>${money(product.priceMinor)}</strong>${addForm(product, html`<button class="small quiet" aria-label="Add ${product.title} to the bag">Add</button>`)}</div>
</article>`;

const addForm = (product: Product, button: Html): Html =>
  html`<form method="post" action="/cart/add" data-add><input type="hidden" name="slug" value="${product.slug}">${button}</form>`;

export function productPage(product: Product): Page {
  const body = html`<article class="detail">${picture(product, true)}<div>
<p class="muted">${CATEGORIES[product.category]}${product.variant !== null && html` · ${product.variant}`}</p>
<h1>${product.title}</h1>
<p>${product.story}</p>
<p class="price">${money(product.priceMinor)} <span class="muted">${product.isGiftCard ? 'earns no points' : `earns about ${Math.floor(product.priceMinor / 123)} points`}</span></p>
${addForm(product, html`<button>Add to bag</button>`)}
</div></article>`;
  return { title: product.title, body };
}

export function cartPage(cart: Cart, shopper: Shopper | null): Page {
  if (cart.length === 0) {
    const body = html`<div class="narrow"><h1>Your bag is empty</h1><p class="muted">The kettle can wait.</p><p><a class="button" href="/">Back to the shelf</a></p></div>`;
    return { title: 'Bag', body };
  }
  const body = html`<div class="narrow"><h1>Your bag</h1>
<section class="sheet" aria-label="What is in it"><ul class="lines">${cart.map(cartLine)}</ul>${sums(cart)}</section>
${checkout(shopper)}</div>`;
  return { title: `Bag (${countItems(cart)})`, body };
}

const cartLine = ({ product, quantity }: Cart[number]): Html => html`<li>
<img src="/art/${product.slug}.svg" alt="" width="72" height="72">
<div><h2 class="name">${product.title}</h2><form method="post" action="/cart/set"><input type="hidden" name="slug" value="${product.slug}">
<select name="quantity" aria-label="Quantity of ${product.title}" data-submit>${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => html`<option value="${n}"${n === quantity && html` selected`}>${n === 0 ? 'Remove' : n}</option>`)}</select>
<noscript><button class="small quiet">Set</button></noscript></form></div>
<strong>${money(product.priceMinor * quantity)}</strong></li>`;

function sums(cart: Cart): Html {
  const subtotal = cart.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0);
  const shipping = shippingFor(cart);
  return html`<dl class="sums"><dt>Goods</dt><dd>${money(subtotal)}</dd><dt>Tracked post</dt><dd>${shipping === 0 ? 'free' : money(shipping)}</dd><dt class="total">Total, tax included</dt><dd class="total">${money(subtotal + shipping)}</dd></dl>`;
}

const checkout = (shopper: Shopper | null): Html => html`<form class="sheet" method="post" action="/checkout">
${shopper === null ? guestEmail : html`<p>Ordering as <strong>${shopper.firstName} ${shopper.lastName}</strong>, ${shopper.email}.</p>`}
<p><button>Place order</button></p>
<p class="muted">No payment is taken. The shop's server signs two webhooks, as Shopify would: order created, order paid.</p></form>`;

const guestEmail: Html = html`<label for="email">Your e-mail</label>
<input id="email" name="email" type="email" required maxlength="200" autocomplete="email" value="guest@example.com">
<p class="muted">Or <a href="/account/login">sign in</a> to have the points at once.</p>`;
