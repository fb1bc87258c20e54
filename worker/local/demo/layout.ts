/** The frame of every page: header with account and bag, footer, the demo bar, and the one script tag that embeds the hub. */
import { type Html, html } from './html.ts';
import { SHOPPERS, type Shopper } from './shoppers.ts';

/** What a page must know of its visitor and of the edge. */
export type Visit = {
  shopper: Shopper | null;
  itemCount: number;
  path: string;
  hub: { origin: string; key: string };
  version: string;
};
export type Page = { title: string; body: Html; notice?: string | null };

export function layout(visit: Visit, page: Page): string {
  return html`<!doctype html>
<html lang="en-IE">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · Fern & Kettle</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css?${visit.version}">
<script src="/shop.js?${visit.version}" defer></script>
<script src="${visit.hub.origin}/hub.js" data-shop="${visit.hub.key}" data-token-url="/token" async></script>
</head>
<body>
<a class="skip" href="#main">Skip to the shop</a>
${demoBar(visit)}
${header(visit)}
<main id="main" tabindex="-1">
${page.notice ? html`<p class="notice" role="status">${page.notice}</p>` : null}
${page.body}
</main>
${footer}
<div class="toast" role="status" aria-live="polite"></div>
</body>
</html>`.text;
}

/** Not part of a shop: lets whoever looks at the demo be somebody. */
const demoBar = ({
  shopper,
  path,
}: Visit): Html => html`<form class="demo" method="post" action="/demo/sign-in" aria-label="Demo">
<label for="who">Demo: shop as</label>
<input type="hidden" name="back" value="${path}">
<select id="who" name="shopper" data-submit>
<option value="">a guest</option>
${SHOPPERS.map((one) => html`<option value="${one.key}"${one.key === shopper?.key && html` selected`}>${one.firstName} ${one.lastName}</option>`)}
</select>
<button class="quiet">Switch</button>
<a href="/desk">Order desk</a>
</form>`;

const header = ({ shopper, itemCount }: Visit): Html => html`<header class="top">
<a class="brand" href="/">${mark}<span>Fern <i>&</i> Kettle</span></a>
<nav aria-label="Shop"><a href="/?c=tea">Tea</a><a href="/?c=ware">Ware</a><a href="/?c=plants">Plants</a></nav>
<div class="tools">
<a class="icon" href="/account" aria-label="${shopper === null ? 'Account: sign in' : `Account of ${shopper.firstName}`}">${personIcon}${shopper !== null && html`<b aria-hidden="true">${shopper.firstName.slice(0, 1)}</b>`}</a>
<a class="icon" href="/cart" aria-label="Bag, ${itemCount} ${itemCount === 1 ? 'item' : 'items'}" data-bag>${bagIcon}<b aria-hidden="true"${itemCount === 0 && html` hidden`}>${itemCount}</b></a>
</div>
</header>`;

const footer: Html = html`<footer><p>Fern & Kettle is an invented shop. Nothing here is sold, and nobody is charged.</p>
<nav aria-label="Small print"><a href="/privacy">Privacy</a><a href="/terms">Terms</a></nav></footer>`;

const mark: Html = html`<svg viewBox="0 0 40 40" width="34" height="34" aria-hidden="true"><circle cx="20" cy="20" r="20" fill="var(--green)"/><path d="M20 33V12m0 17c-6-1-9-4-10-9m10 2c-4-1-7-4-7-8m7 15c6-1 9-4 10-9m-10 2c4-1 7-4 7-8" fill="none" stroke="var(--paper)" stroke-width="2.4" stroke-linecap="round"/></svg>`;
const personIcon: Html = html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><circle cx="12" cy="8" r="4"/><path d="M4 21c0-5 4-7 8-7s8 2 8 7"/></svg>`;
const bagIcon: Html = html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M5 8h14l1 13H4zM8.500 8V7a3.500 3.500 0 0 1 7 0v1"/></svg>`;

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="20" fill="#2f5d46"/><path d="M20 33V12m0 17c-6-1-9-4-10-9m10 2c-4-1-7-4-7-8m7 15c6-1 9-4 10-9m-10 2c4-1 7-4 7-8" fill="none" stroke="#faf7f1" stroke-width="2.400" stroke-linecap="round"/></svg>';
