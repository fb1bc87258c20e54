/** The cart lives in a cookie (`slug:quantity` joined by `.`), so that a visitor keeps it without an account. */
import { findProduct, type Product } from './catalogue.ts';

export type CartLine = { product: Product; quantity: number };
export type Cart = CartLine[];

const MOST = 9;

export function readCart(cookie: string | undefined): Cart {
  const lines = (cookie ?? '').split('.').flatMap((part): CartLine[] => {
    const [slug = '', quantity = ''] = part.split(':');
    const product = findProduct(slug);
    return product && /^[1-9]$/.test(quantity) ? [{ product, quantity: Number(quantity) }] : [];
  });
  return [...new Map(lines.map((line) => [line.product.slug, line])).values()];
}

export const writeCart = (cart: Cart): string =>
  cart.map(({ product, quantity }) => `${product.slug}:${quantity}`).join('.');

/** Sets a line's quantity; 0 takes it out. */
export function setQuantity(cart: Cart, product: Product, quantity: number): Cart {
  const bounded = Math.max(0, Math.min(MOST, Math.trunc(quantity) || 0));
  const others = cart.filter((line) => line.product.slug !== product.slug);
  if (bounded === 0) return others;
  const isNew = others.length === cart.length;
  if (isNew) return [...cart, { product, quantity: bounded }];
  return cart.map((line) => (line.product.slug === product.slug ? { product, quantity: bounded } : line));
}

export function addToCart(cart: Cart, product: Product): Cart {
  const held = cart.find((line) => line.product.slug === product.slug)?.quantity ?? 0;
  return setQuantity(cart, product, held + 1);
}

export const countItems = (cart: Cart): number => cart.reduce((sum, line) => sum + line.quantity, 0);
