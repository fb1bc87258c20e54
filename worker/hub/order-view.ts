/** From an order as the customer keeps it to what its shopper sees. Pure; an order without a snapshot has no view. */

import type { Order } from '../domain/order.ts';
import type { OrderSnapshot, Parcel } from '../domain/order-facts.ts';
import { deliveryOf, fulfilmentOf, parcelsOf, paymentOf, refundedMoneyMinor } from '../domain/order-status.ts';
import { DeliveryStatus, type OrderDetail, type OrderLine, type OrderSummary, type Tracking } from '../wire/hub.ts';

export function summaryOf(order: Order): OrderSummary | null {
  const { snapshot } = order;
  if (snapshot === null) return null;
  return {
    id: order.orderId,
    name: snapshot.name,
    placedAtMs: snapshot.placedAtMs,
    currency: snapshot.currency,
    totalMinor: snapshot.totalMinor,
    itemCount: snapshot.lines.reduce((sum, line) => sum + line.quantity, 0),
    payment: paymentOf(order),
    fulfilment: fulfilmentOf(order),
    delivery: deliveryStatus(deliveryOf(order)),
    points: order.earned - order.clawed,
    imageUrl: snapshot.lines.map((line) => httpsUrl(line.imageUrl)).find((url) => url !== null) ?? null,
  };
}

export function detailOf(order: Order): OrderDetail | null {
  const summary = summaryOf(order);
  const { snapshot } = order;
  if (summary === null || snapshot === null) return null;
  return {
    ...summary,
    lines: snapshot.lines.map(lineOf),
    subtotalMinor: snapshot.subtotalMinor,
    discountMinor: snapshot.discountMinor,
    shippingMinor: snapshot.shippingMinor,
    taxMinor: snapshot.taxMinor,
    taxesIncluded: snapshot.taxesIncluded,
    refundedMinor: refundedMoneyMinor(order),
    tracking: order.fulfilments.filter((one) => !one.cancelled).flatMap((one) => trackingOf(parcelsOf(order, one))),
  };
}

function lineOf(line: OrderSnapshot['lines'][number]): OrderLine {
  const { title, variantTitle, quantity, netMinor } = line;
  const [imageUrl, url] = [httpsUrl(line.imageUrl), httpsUrl(line.url)];
  return { title, variantTitle, quantity, totalMinor: netMinor, imageUrl, url };
}

/** A parcel that nobody can follow yet says nothing. */
function trackingOf(parcels: Parcel[]): Tracking[] {
  return parcels
    .map(({ company, number, url, status }) => ({
      company,
      number,
      url: httpsUrl(url),
      status: deliveryStatus(status),
    }))
    .filter((one) => Object.values(one).some((value) => value !== null));
}

/** A carrier's word that the contract does not know is left out. */
function deliveryStatus(word: string | null): DeliveryStatus | null {
  return DeliveryStatus.safeParse(word).data ?? null;
}

/** Links end up in a storefront: only https ones do, as a shop's or a carrier's text may hold any scheme. */
function httpsUrl(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' ? url.href : null;
}
