/** The drawer's first answer: the shop's face, and the shopper's standing in it. Pure. */
import { z } from '@hono/zod-openapi';
import type { OrdersPage, Standing } from '../customers/reader.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { ratio } from '../domain/money.ts';
import type { Programme } from '../domain/programme.ts';
import type { ShopSettings } from '../shops/settings.ts';
import { toCursor } from '../wire/cursor.ts';
import type { HubCustomer, HubShop, HubView, OrderPage, Session } from '../wire/hub.ts';
import { activityOf } from './activity-view.ts';
import { consentViews } from './consent-view.ts';
import { summaryOf } from './order-view.ts';

/** How much of a customer the first answer shows. */
export const FIRST_VIEW = { activity: 5, orders: 10 };

/** The last order that was shown. */
export const OrderPlace = z.strictObject({ placedMs: z.int(), orderId: z.string().min(1).max(255) });

export function signedOutView(settings: ShopSettings): HubView {
  return { shop: shopView(settings), customer: null, session: null };
}

export function signedInView(settings: ShopSettings, standing: Standing, session: Session | null): HubView {
  return { shop: shopView(settings), customer: customerView(settings.programme, standing), session };
}

export function orderPage({ orders, next }: OrdersPage): OrderPage {
  const items = orders.flatMap((order) => summaryOf(order) ?? []);
  return { items, nextCursor: next === null ? null : toCursor(next) };
}

function shopView({ name, currency, locale, links }: ShopSettings): HubShop {
  const { signIn, createAccount, account, privacy, terms } = links;
  return { name, currency, locale, links: { signIn, createAccount, account, privacy, terms } };
}

function customerView(programme: Programme, standing: Standing): HubCustomer {
  const { balance, nextExpiry, traits, activity, activityOrders, orders } = standing;
  return {
    firstName: firstNameOf(traits),
    name: nameOf(traits),
    email: textOf(traits, 'email'),
    consents: consentViews(traits, standing.consents),
    points: { balance, worthMinor: worthOf(programme, balance), nextExpiry },
    activity: activityOf(activity, activityOrders).slice(0, FIRST_VIEW.activity),
    orders: orderPage(orders),
  };
}

/** What the balance is worth, rounded down; a debt is worth nothing. */
function worthOf({ worth }: Programme, balance: number): number | null {
  return worth === null ? null : ratio(Math.max(0, balance), worth.worthMinor, worth.points);
}

/** Not every source splits names; the whole one greets as well, and cutting it would be a guess. */
function firstNameOf(traits: JsonObject): string | null {
  return textOf(traits, 'firstName') ?? textOf(traits, 'name');
}

function nameOf(traits: JsonObject): string | null {
  const parts = ['firstName', 'lastName'].flatMap((part) => textOf(traits, part) ?? []);
  return parts.length > 0 ? parts.join(' ') : textOf(traits, 'name');
}
