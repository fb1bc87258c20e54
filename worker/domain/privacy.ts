/** Requests for a person's data or for its erasure: what each asks, and by when it is owed. Carries nothing out. */

/** `access`: a copy of one customer's data. `erasure`: of one customer. `shop_erasure`: of all that a shop platform told. */
export const PRIVACY_KINDS = ['access', 'erasure', 'shop_erasure'] as const;
export type PrivacyKind = (typeof PRIVACY_KINDS)[number];

export interface PrivacyRequest {
  id: string;
  kind: PrivacyKind;
  source: string;
  /** The source's own number of the request. */
  reference: string | null;
  requestedAtMs: number;
  receivedAtMs: number;
  dueAtMs: number;
  state: 'open' | 'done';
  finishedAtMs: number | null;
  /** Who it is about, as far as the source says; null for a whole shop. */
  subject: { shopifyId: string | null; email: string | null; phone: string | null } | null;
  /** The orders it names, by the source's ids. */
  orders: string[];
}

const DAY_MS = 86_400_000;
/**
 * Shopify: a compliance request is to be completed within 30 days of its receipt (shopify.dev, Privacy law compliance).
 * That holds Art. 12(3) GDPR (one month, and the shortest month but February has 30 days) and CCPA (45 days) as well.
 */
const DAYS = 30;

export function dueAt(requestedAtMs: number): number {
  return requestedAtMs + DAYS * DAY_MS;
}
