/** The demo shop on Node's own HTTP server: an origin of its own, as a real storefront has, so that CORS is really crossed. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { artOf } from './art.ts';
import { countItems, readCart } from './cart.ts';
import { readCodes } from './codes.ts';
import { answerForm, codeByLink } from './forms.ts';
import { cookie, decode, isOwnForm, readCookies, readForm, redirect, send } from './http.ts';
import { ICON, layout, type Page } from './layout.ts';
import { pageAt } from './pages.ts';
import type { Shop, Visitor } from './shop.ts';
import { findShopper } from './shoppers.ts';
import { SCRIPT, STYLE } from './style.ts';
import { mintToken } from './token.ts';

const VERSION = createHash('sha256')
  .update(STYLE + SCRIPT)
  .digest('hex')
  .slice(0, 8);

export const createStorefront = (shop: Shop): Server =>
  createServer((request, response) => {
    answer(shop, request, response).catch((error: unknown) => {
      console.error('demo storefront:', error);
      if (!response.headersSent) send(response, 500, 'text/plain', 'The demo shop stumbled.');
    });
  });

async function answer(shop: Shop, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const visitor = visitorOf(request);
  setHeaders(shop, response);
  if (request.method === 'POST') return answerPost(shop, visitor, { request, response, url });
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'GET or POST');
  if (answerFile(url.pathname, response)) return;
  if (url.pathname === '/token') return answerToken(shop, visitor, response);
  if (url.pathname.startsWith('/discount/')) return answerLink(visitor, response, url);
  const page = await pageAt(shop, visitor, url);
  if (typeof page === 'string') return redirect(response, page);
  answerPage(shop, visitor, { page, path: url.pathname, response });
}

/** What a strict shop would allow: its own files and the hub's. The drawer has to live with that. */
function setHeaders({ hub }: Shop, response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'same-origin');
  response.setHeader('cache-control', 'no-store');
  response.setHeader(
    'content-security-policy',
    `default-src 'self'; script-src 'self' ${hub.origin}; connect-src 'self' ${hub.origin}; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  );
}

function visitorOf(request: IncomingMessage): Visitor {
  const cookies = readCookies(request);
  return {
    shopper: findShopper(cookies.get('shopper')),
    cart: readCart(cookies.get('cart')),
    codes: readCodes(cookies.get('codes')),
    notice: cookies.get('notice') || null,
  };
}

type Post = { request: IncomingMessage; response: ServerResponse; url: URL };

async function answerPost(shop: Shop, visitor: Visitor, { request, response, url }: Post): Promise<void> {
  if (!isOwnForm(request)) return send(response, 403, 'text/plain', 'That form came from another site.');
  const form = await readForm(request);
  if (form === null) return send(response, 413, 'text/plain', 'That form is too large.');
  const result = await answerForm(shop, visitor, { path: url.pathname, form });
  if (result.cookies.length > 0) response.setHeader('set-cookie', result.cookies);
  if (request.headers.accept === 'application/json' && result.json !== undefined) {
    return send(response, 200, 'application/json', JSON.stringify(result.json));
  }
  redirect(response, result.location);
}

function answerLink(visitor: Visitor, response: ServerResponse, { pathname }: URL): void {
  const { location, cookies } = codeByLink(visitor, decode(pathname.slice('/discount/'.length)));
  response.setHeader('set-cookie', cookies);
  redirect(response, location);
}

function answerFile(path: string, response: ServerResponse): boolean {
  const file = fileAt(path);
  if (file === null) return false;
  response.setHeader('cache-control', 'max-age=3600');
  send(response, 200, file.type, file.body);
  return true;
}

function fileAt(path: string): { type: string; body: string } | null {
  if (path === '/style.css') return { type: 'text/css; charset=utf-8', body: STYLE };
  if (path === '/shop.js') return { type: 'text/javascript; charset=utf-8', body: SCRIPT };
  if (path === '/icon.svg') return { type: 'image/svg+xml', body: ICON };
  const art = artOf(/^\/art\/([a-z-]+)\.svg$/.exec(path)?.[1] ?? '');
  return art === null ? null : { type: 'image/svg+xml', body: art };
}

/** 204 says: nobody is signed in. */
function answerToken(shop: Shop, { shopper }: Visitor, response: ServerResponse): void {
  if (shopper === null) {
    response.writeHead(204);
    response.end();
    return;
  }
  send(response, 200, 'application/json', JSON.stringify({ token: mintToken(shop.id, shop.identity, shopper) }));
}

type Answer = {
  page: Page & { status?: number };
  path: string;
  response: ServerResponse;
};

function answerPage(shop: Shop, visitor: Visitor, { page, path, response }: Answer): void {
  if (visitor.notice !== null) response.setHeader('set-cookie', cookie('notice', '', 0));
  const visit = {
    shopper: visitor.shopper,
    itemCount: countItems(visitor.cart),
    path,
    hub: shop.hub,
    version: VERSION,
  };
  const text = layout(visit, { notice: visitor.notice, ...page });
  send(response, page.status ?? 200, 'text/html; charset=utf-8', text);
}
