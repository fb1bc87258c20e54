/** What each form of the shop does. Answers where to go next, which cookies to set and what a script wants to know. */
import { addToCart, type Cart, countItems, setQuantity, writeCart } from './cart.ts';
import { findProduct } from './catalogue.ts';
import { placeWithCodes } from './checkout.ts';
import { addCode, removeCode, writeCodes } from './codes.ts';
import { act, isDeskAction, tellPlaced } from './desk.ts';
import { cookie, localPath } from './http.ts';
import type { Shop, Visitor } from './shop.ts';
import { findShopper } from './shoppers.ts';

export type Form = { path: string; form: URLSearchParams };
export type Result = {
  location: string;
  cookies: string[];
  json?: { itemCount: number; title: string };
};

const MONTH_S = 30 * 24 * 3600;

const go = (location: string, ...cookies: string[]): Result => ({
  location,
  cookies,
});
const keepCart = (cart: Cart): string => cookie('cart', writeCart(cart), MONTH_S);
const keepCodes = (codes: string[]): string => cookie('codes', writeCodes(codes), MONTH_S);
const say = (notice: string): string => cookie('notice', notice, 30);

export async function answerForm(shop: Shop, visitor: Visitor, { path, form }: Form): Promise<Result> {
  if (path === '/demo/sign-in') return signIn(form);
  if (path === '/cart/add') return changeCart(visitor, form, 'add');
  if (path === '/cart/set') return changeCart(visitor, form, 'set');
  if (path === '/cart/code') return putCode(visitor, form);
  if (path === '/checkout') return checkout(shop, visitor, form);
  return deskAction(shop, path, form);
}

function signIn(form: URLSearchParams): Result {
  const shopper = findShopper(form.get('shopper') ?? undefined);
  const back = localPath(form.get('back'));
  // A guest has no account page to stay on, and the login page is for guests.
  const location = back.startsWith('/account') ? (shopper === null ? '/' : '/account') : back;
  return go(location, cookie('shopper', shopper?.key ?? '', shopper === null ? 0 : MONTH_S));
}

function changeCart({ cart }: Visitor, form: URLSearchParams, how: 'add' | 'set'): Result {
  const product = findProduct(form.get('slug') ?? '');
  if (product === undefined) return go('/cart');
  const changed = how === 'add' ? addToCart(cart, product) : setQuantity(cart, product, Number(form.get('quantity')));
  return {
    ...go('/cart', keepCart(changed)),
    json: { itemCount: countItems(changed), title: product.title },
  };
}

/** Puts a code into the bag or takes it out; whether it is good the bag says. */
function putCode({ codes }: Visitor, form: URLSearchParams): Result {
  const [typed, dropped] = [form.get('code') ?? '', form.get('drop')];
  return go('/cart', keepCodes(dropped === null ? addCode(codes, typed) : removeCode(codes, dropped)));
}

/** A link that puts a code into the bag, as the drawer has them. */
export function codeByLink({ codes, cart }: Visitor, code: string): Result {
  const [next, to] = [addCode(codes, code), cart.length === 0 ? '/' : '/cart'];
  const isThere = next.includes(code.trim().toUpperCase());
  return go(
    to,
    keepCodes(next),
    say(isThere ? `${code} is in your bag.` : 'That is no code, or there are five already.'),
  );
}

async function checkout(shop: Shop, { shopper, cart, codes }: Visitor, form: URLSearchParams): Promise<Result> {
  const email = shopper?.email ?? (form.get('email') ?? '').trim();
  if (cart.length === 0) return go('/cart');
  if (!/^\S+@\S+\.\S+$/.test(email) || email.length > 200) return go('/cart', say('Please give an e-mail address.'));
  const placed = await placeWithCodes(shop, { cart, email, codes }, shopper?.key ?? null);
  if (typeof placed === 'string') return go('/cart', say(placed));
  const trouble = await tellPlaced(shop.source, placed);
  return go(`/thanks/${placed.id}`, keepCart([]), keepCodes([]), ...(trouble === null ? [] : [say(trouble)]));
}

async function deskAction(shop: Shop, path: string, form: URLSearchParams): Promise<Result> {
  const [, desk, id = '', action = ''] = path.split('/');
  const order = shop.orders.find(id);
  if (desk !== 'desk' || order === null || !isDeskAction(action)) return go('/');
  const trouble = await act(shop, {
    order,
    action,
    line: form.get('line') ?? '',
  });
  return go(localPath(form.get('back')), say(trouble ?? `Done: order #${order.number}, and the edge knows.`));
}
