/** Whom a request by law is about, by the names that customers are known by. Pure. */
import type { Identifier } from './event.ts';
import { phoneOf } from './identifier.ts';
import type { PrivacyRequest } from './privacy.ts';

type Named = Pick<PrivacyRequest, 'subject' | 'orders'>;

/** The strongest first; a request without a subject names nobody but by its orders. */
export function namesIn({ subject }: Pick<Named, 'subject'>): Identifier[] {
  const { shopifyId = null, email = null, phone = null } = subject ?? {};
  const number = phoneOf(phone);
  return [
    ...(shopifyId === null ? [] : [{ kind: 'shopify' as const, value: shopifyId }]),
    ...(email === null ? [] : [{ kind: 'email' as const, value: email }]),
    ...(number === null ? [] : [{ kind: 'phone' as const, value: number }]),
  ];
}

/** Whether it names somebody who had these names. */
export function isNamedIn(request: Named, names: Identifier[]): boolean {
  const orders = request.orders.map((value): Identifier => ({ kind: 'order', value }));
  const asked = new Set([...namesIn(request), ...orders].map(({ kind, value }) => `${kind} ${value}`));
  return names.some(({ kind, value }) => asked.has(`${kind} ${value}`));
}
