/** Which page an address shows; a string is where to go instead. */
import { accountPage, deskPage, loginPage, notFoundPage, smallPrint, thanksPage } from './account-pages.ts';
import { cartPage } from './cart-page.ts';
import { findProduct } from './catalogue.ts';
import type { Page } from './layout.ts';
import type { Shop, Visitor } from './shop.ts';
import { productPage, shelfPage } from './shop-pages.ts';
import { quote } from './till.ts';

const PRIVACY =
  'This demo runs on your own machine. What you do here stays in its state directory and goes when you start it with --fresh.';
const TERMS =
  'One point for every euro spent, tax and postage aside. A hundred points are worth one euro. Refunds take points back.';

type Shown = (Page & { status?: number }) | string;

export async function pageAt(shop: Shop, visitor: Visitor, url: URL): Promise<Shown> {
  const [, first = '', second = ''] = url.pathname.split('/');
  const lost = { ...notFoundPage, status: 404 };
  switch (first) {
    case '':
      return shelfPage(url.searchParams.get('c'));
    case 'p': {
      const product = findProduct(second);
      return product === undefined ? lost : productPage(product);
    }
    case 'cart':
      return cartPage(visitor, await quote(shop.till, { ...visitor, email: visitor.shopper?.email ?? null }));
    case 'account':
      return accountAt(shop, visitor, second);
    case 'thanks': {
      const order = shop.orders.find(second);
      return order === null ? lost : thanksPage(order);
    }
    case 'desk':
      return deskPage(shop.orders.list());
    case 'privacy':
      return smallPrint('Privacy', PRIVACY);
    case 'terms':
      return smallPrint('Terms', TERMS);
    default:
      return lost;
  }
}

function accountAt(shop: Shop, { shopper }: Visitor, second: string): Page | string {
  if (second === 'login') return loginPage();
  return shopper === null ? '/account/login' : accountPage(shopper, shop.orders.list(shopper.key));
}
