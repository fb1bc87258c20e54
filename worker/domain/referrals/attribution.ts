/**
 * A first order of somebody who claimed nothing, and came by a link or names a referrer's code all the same. Whose code it
 * is only the Directory knows: it is asked, and what it says makes a referral as a claim would have.
 */
import type { Answered } from '../errand.ts';
import { type JsonObject, textOf } from '../json.ts';
import type { Happened, When } from '../loyalty/part.ts';
import type { Order } from '../order.ts';
import { orderIdOf } from '../order-facts.ts';
import type { Terms } from '../terms.ts';
import type { Work } from '../work.ts';
import { change, receivedOf } from './changing.ts';
import { codeOf, readCode } from './code.ts';
import { giveFriend } from './completing.ts';
import { takeOrder } from './friend-orders.ts';
import { codeIn, isGood } from './link.ts';
import { answerOf, receivedFrom } from './received.ts';

/** The kind of the errand that asks whose code it is. */
export const ATTRIBUTION_ERRAND = 'referral.attribute';

/** So many codes of an order are looked at. */
const MOST_CODES = 3;

/** Asks, once: with the first that is told of somebody's first order. */
export function attribute(work: Work, happened: Happened, terms: Terms): void {
  const fact = happened.event?.fact;
  const { referrals } = terms.programme;
  if (fact == null || fact.kind !== 'order' || referrals === undefined || receivedOf(work).length > 0) return;
  const orderId = orderIdOf(fact);
  const isNew = (work.ordersBefore.get(orderId)?.snapshot ?? null) === null;
  if (!isNew || (referrals.checks.knownCustomers && work.head.orders !== 1)) return;
  const { link } = work.head.loyalty.referral ?? {};
  const linked = link !== undefined && isGood(link, referrals, fact.order.placedAtMs) ? [link.code] : [];
  const named = (fact.order.codes ?? []).slice(0, MOST_CODES).map(readCode);
  const told = [...named, codeIn(happened.event?.properties ?? {}), ...linked];
  const codes = [...new Set(told.flatMap((code) => code ?? []))].filter((code) => code !== codeOf(work.customer));
  if (codes.length === 0) return;
  work.errands.push({
    op: `attribute:${work.customer}:${orderId}`,
    kind: ATTRIBUTION_ERRAND,
    body: { codes, order: orderId },
  });
}

/** The Directory knows somebody who refers by one of the codes, or nobody. A claim that came meanwhile goes first. */
export function attributed(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  const { referrals } = terms.programme;
  const [referrer, code] = [textOf(answer, 'referrer'), textOf(answer, 'code')];
  if (errand.kind !== ATTRIBUTION_ERRAND || referrals === undefined || referrer === null || code === null) return;
  const order = work.orders.get(textOf(errand.body, 'order') ?? '');
  if (order?.snapshot == null || receivedOf(work).length > 0) return;
  // more orders came meanwhile, or with another customer whom this one turned out to be
  const held = referrals.checks.knownCustomers && work.head.orders > 1 ? ['other_orders'] : [];
  const about = { id: idOf(work, order, terms), code, referrer, blocked: textsOf(answer, 'blocked'), held };
  const made = receivedFrom(work, about, referrals, order.snapshot.placedAtMs);
  const received = made.status === 'pending' ? giveFriend(work, made, { terms, when }) : made;
  const begun = change(work, received, {}, { terms, when, about: { answer: answerOf(received) } });
  if (begun.status !== 'blocked') takeOrder(work, { received: begun, order }, when, terms);
}

/** The friend's id in it leads whoever reviews it to the object that decides. */
function idOf({ customer }: Work, { orderId }: Order, terms: Terms): string {
  return `ref_${customer}_${terms.codes.nameFor(JSON.stringify(['referral', customer, orderId]))}`;
}

function textsOf(said: JsonObject, name: string): string[] {
  const value = said[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
