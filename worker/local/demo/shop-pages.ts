/** What a visitor sees before buying: the shelf, and one product. */
import { CATEGORIES, type Category, money, PRODUCTS, type Product } from './catalogue.ts';
import { type Html, html } from './html.ts';
import type { Page } from './layout.ts';

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
