/** The drawer's first answer: the shop's face, and the shopper's standing in it. Pure. */
import { z } from '@hono/zod-openapi';
import type { OrdersPage, ShopperStanding } from '../customers/reader.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { ShopSettings } from '../shops/settings.ts';
import { toCursor } from '../wire/cursor.ts';
import type { HubCustomer, HubShop, HubView, OrderPage, Session } from '../wire/hub.ts';
import { activityOf } from './activity-view.ts';
import { consentViews } from './consent-view.ts';
import { summaryOf } from './order-view.ts';
import { partsOf, pointsView, tierView } from './programme-view.ts';

/** How much of a customer the first answer shows. */
export const FIRST_VIEW = { activity: 5, orders: 10 };

/** The last order that was shown. */
export const OrderPlace = z.strictObject({ placedMs: z.int(), orderId: z.string().min(1).max(255) });

export function signedOutView(settings: ShopSettings): HubView {
  return { shop: shopView(settings), customer: null, session: null };
}

export function signedInView(settings: ShopSettings, standing: ShopperStanding, session: Session | null): HubView {
  return { shop: shopView(settings), customer: customerView(settings, standing), session };
}

/** Points are for who takes part. */
export function orderPage(
  { orders, next }: OrdersPage,
  { participation }: Pick<ShopperStanding, 'participation'>,
): OrderPage {
  const items = orders.flatMap((order) => summaryOf(order) ?? []);
  const shown = participation === 'disabled' ? items.map((item) => ({ ...item, points: 0 })) : items;
  return { items: shown, nextCursor: next === null ? null : toCursor(next) };
}

function shopView({ name, currency, locale, links, programme }: ShopSettings): HubShop {
  const { signIn, createAccount, account, privacy, terms } = links;
  const shown = { signIn, createAccount, account, privacy, terms };
  return { name, currency, locale, programme: partsOf(programme), links: shown };
}

function customerView({ programme }: ShopSettings, standing: ShopperStanding): HubCustomer {
  const { traits, activity, activityOrders, orders, participation } = standing;
  const takesPart = participation !== 'disabled';
  return {
    firstName: firstNameOf(traits),
    name: nameOf(traits),
    email: textOf(traits, 'email'),
    consents: consentViews(traits, standing.consents),
    points: pointsView(programme, standing),
    participation,
    tier: takesPart ? tierView(standing.tier) : null,
    activity: takesPart ? activityOf(activity, activityOrders).slice(0, FIRST_VIEW.activity) : [],
    orders: orderPage(orders, standing),
  };
}

/** Not every source splits names; the whole one greets as well, and cutting it would be a guess. */
function firstNameOf(traits: JsonObject): string | null {
  return textOf(traits, 'firstName') ?? textOf(traits, 'name');
}

function nameOf(traits: JsonObject): string | null {
  const parts = ['firstName', 'lastName'].flatMap((part) => textOf(traits, part) ?? []);
  return parts.length > 0 ? parts.join(' ') : textOf(traits, 'name');
}
