/** What each form of the shop does. Answers where to go next, which cookies to set and what a script wants to know. */
import { addToCart, type Cart, countItems, setQuantity, writeCart } from './cart.ts';
import { findProduct } from './catalogue.ts';
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
const say = (notice: string): string => cookie('notice', notice, 30);

export async function answerForm(shop: Shop, visitor: Visitor, { path, form }: Form): Promise<Result> {
  if (path === '/demo/sign-in') return signIn(form);
  if (path === '/cart/add') return changeCart(visitor, form, 'add');
  if (path === '/cart/set') return changeCart(visitor, form, 'set');
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

async function checkout(shop: Shop, { shopper, cart }: Visitor, form: URLSearchParams): Promise<Result> {
  const email = shopper?.email ?? (form.get('email') ?? '').trim();
  if (cart.length === 0) return go('/cart');
  if (!/^\S+@\S+\.\S+$/.test(email) || email.length > 200) return go('/cart', say('Please give an e-mail address.'));
  const order = shop.orders.place(cart, { shopper: shopper?.key ?? null, email });
  const trouble = await tellPlaced(shop.source, order);
  return go(`/thanks/${order.id}`, keepCart([]), ...(trouble === null ? [] : [say(trouble)]));
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
