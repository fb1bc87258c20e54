import { expect, test } from 'vitest';
import { hubTarget, isAccountLink } from '../../widget/loader/account-links.ts';

const PAGE = new URL('https://www.shop.example/en-gb/products/shirt');
const isOurs = (href: string, extra: string[] = []): boolean => isAccountLink(new URL(href, PAGE), PAGE, extra);

test.each([
  '/account',
  '/account/',
  '/account?return_url=%2F',
  '/account/login',
  '/en-gb/account',
  '/fr/account/login',
  '/zh-hans-cn/account',
  '/customer_authentication/login',
  '/customer_authentication/redirect?locale=en',
  '/de/customer_authentication/login',
  '/my-account/',
  '/account.php',
  '/login.php',
  'https://account.shop.example/',
  'https://account.shop.example/orders?locale=en',
  'https://shopify.com/123456/account',
  'https://shopify.com/123456/account?locale=en',
])('takes over %s', (href) => {
  expect(isOurs(href)).toBe(true);
});

test.each([
  '/',
  '/accounting',
  '/products/account',
  '/pages/account/login',
  '/account/logout',
  '/en-gb/account/logout',
  '/account/register',
  '/account/addresses',
  '/my-account/customer-logout/',
  '/my-account/lost-password/',
  '/login.php?action=logout',
  '/checkout',
  '/checkouts/c/1',
  'https://account.shop.example/logout',
  'https://account.other.example/',
  'https://other.example/account',
  'https://shopify.com/account',
  'https://shopify.com/123/account/logout',
  'https://notshopify.com/123/account',
  'mailto:account@shop.example',
  'javascript:void(0)',
])('leaves %s alone', (href) => {
  expect(isOurs(href)).toBe(false);
});

test('takes over the paths that the shop has named, in every locale', () => {
  expect(['/club', '/de/club/', '/club/rules'].map((path) => isOurs(path, ['/club']))).toEqual([true, true, false]);
});

test.each([
  ['#hub', ''],
  ['#hub/', ''],
  ['#hub/orders', 'orders'],
  ['#hub/orders/gid%3A%2F%2F1', 'orders/gid%3A%2F%2F1'],
  ['#hubs', null],
  ['#about', null],
  ['', null],
])('reads the deep link %j as %j', (hash, target) => {
  expect(hubTarget(hash)).toBe(target);
});
