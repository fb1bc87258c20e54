/** What codes take off a bag, asked of the edge with the shop's secret key, as its server would: tried, kept, redeemed, given back. */
import type { Cart } from './cart.ts';
import type { Redeemed } from './order.ts';
import type { Edge, Keys } from './seed.ts';

/** A code that counts, and what it takes off; or why it does not count. */
export type QuotedCode =
  | { code: string; kind: 'discount' | 'shipping' | 'gift'; minor: number }
  | { code: string; kind: 'refused'; reason: string };

export type Quote = {
  codes: QuotedCode[];
  /** Off the goods. */
  discountMinor: number;
  freeShipping: boolean;
  /** Paid by gift cards. */
  giftMinor: number;
};

export const NO_CODES: Quote = { codes: [], discountMinor: 0, freeShipping: false, giftMinor: 0 };

export type Till = { edge: Pick<Edge, 'origin'>; shop: string; keys: Pick<Keys, 'secret'> };
export type Buying = { cart: Cart; email: string | null; codes: string[] };

const LOCK_MINUTES = 15;

/** One that is refused leaves the others as they are. Nothing is redeemed. */
export async function quote(till: Till, buying: Buying): Promise<Quote> {
  const refused: QuotedCode[] = [];
  let { codes } = buying;
  while (codes.length > 0 && buying.cart.length > 0) {
    const told = await validate(till, { ...buying, codes }, null);
    const ordered = giftsLast(codes, told);
    if (told.valid === true && ordered.join() === codes.join())
      return { ...quoteOf(told), codes: [...quoteOf(told).codes, ...refused] };
    const bad = entriesOf(told).find(({ status }) => status === 'INAPPLICABLE');
    if (told.valid !== true && bad === undefined) return { ...NO_CODES, codes: [...quoteOf(told).codes, ...refused] };
    if (bad !== undefined) refused.push(quotedOf(bad));
    codes = ordered.filter((code) => code !== bad?.id);
  }
  return { ...NO_CODES, codes: refused };
}

/** Keeps the codes for this checkout. null: they are kept; else why not. */
export async function keep(till: Till, buying: Buying, session: string): Promise<string | null> {
  const told = await validate(till, buying, session);
  if (told.valid === true) return null;
  return (
    quoteOf(told).codes.flatMap((one) => (one.kind === 'refused' ? [one.reason] : []))[0] ?? 'They do not go together.'
  );
}

/** Once for an order, whoever asks how often. */
export async function redeem(
  till: Till,
  buying: Buying,
  order: { id: string; session: string },
): Promise<Redeemed | string> {
  const body = { ...asked(buying, order.id), session: { type: 'LOCK', key: order.session } };
  const { status, told } = await call(till, 'POST /v1/redemptions', { body, key: `order-${order.id}` });
  if (status >= 300) return reasonOf(told);
  const [parent, first] = [told.parent_redemption?.id, told.redemptions?.[0]?.id];
  return parent === undefined ? { id: String(first), several: false } : { id: parent, several: true };
}

/** What was given back before is given back. */
export async function giveBack(till: Till, { id, several }: Redeemed): Promise<void> {
  const path = several ? `/v1/redemptions/${id}/rollbacks` : `/v1/redemptions/${id}/rollback`;
  await call(till, `POST ${path}?reason=cancelled`, { body: {}, key: `back-${id}` });
}

/** Of what the edge answers, the fields that are read here. */
type Told = ErrorTold & {
  valid?: boolean;
  redeemables?: EntryTold[];
  order?: { total_discount_amount?: number } | null;
  parent_redemption?: { id: string };
  redemptions?: { id: string }[];
};
type EntryTold = {
  id: string;
  status: string;
  order?: { applied_discount_amount?: number; items_applied_discount_amount?: number };
  result?: {
    gift?: { credits?: number };
    discount?: { unit_type?: string };
    error?: ErrorTold;
    details?: ErrorTold;
  };
};
type ErrorTold = { key?: string; message?: string; details?: string; error?: { message?: string } };

async function validate(till: Till, buying: Buying, session: string | null): Promise<Told> {
  const lock = { type: 'LOCK', key: session, ttl: LOCK_MINUTES, ttl_unit: 'MINUTES' };
  const body = { ...asked(buying, null), ...(session !== null && { session: lock }) };
  return (await call(till, 'POST /v1/validations', { body })).told;
}

function asked({ cart, email, codes }: Buying, orderId: string | null): object {
  const items = cart.map(({ product, quantity }) => ({
    product_id: String(product.productId),
    sku_id: String(product.variantId),
    quantity,
    price: product.priceMinor,
  }));
  const amount = cart.reduce((sum, { product, quantity }) => sum + product.priceMinor * quantity, 0);
  const order = { amount, items, ...(orderId !== null && { source_id: orderId }) };
  const redeemables = codes.map((id) => ({ object: 'voucher', id }));
  return { order, redeemables, ...(email !== null && { customer: { email } }) };
}

/** Gift cards pay what is left once everything else has been taken off. */
function giftsLast(codes: string[], told: Told): string[] {
  const gifts = new Set(entriesOf(told).flatMap((one) => (one.result?.gift === undefined ? [] : [one.id])));
  return [...codes.filter((code) => !gifts.has(code)), ...codes.filter((code) => gifts.has(code))];
}

function quoteOf(told: Told): Quote {
  const codes = entriesOf(told).map(quotedOf);
  const giftMinor = codes.reduce((sum, one) => sum + (one.kind === 'gift' ? one.minor : 0), 0);
  if (told.valid !== true) return { ...NO_CODES, codes };
  const taken = Number(told.order?.total_discount_amount ?? 0);
  return {
    codes,
    discountMinor: taken - giftMinor,
    freeShipping: codes.some(({ kind }) => kind === 'shipping'),
    giftMinor,
  };
}

function quotedOf({ id, status, order, result }: EntryTold): QuotedCode {
  if (status !== 'APPLICABLE')
    return { code: id, kind: 'refused', reason: reasonOf(result?.error ?? result?.details ?? {}) };
  if (result?.gift !== undefined) return { code: id, kind: 'gift', minor: Number(result.gift.credits ?? 0) };
  const isShipping = result?.discount?.unit_type === 'prod_5h1pp1ng';
  const minor = Number(order?.applied_discount_amount ?? 0) + Number(order?.items_applied_discount_amount ?? 0);
  return { code: id, kind: isShipping ? 'shipping' : 'discount', minor };
}

const entriesOf = (told: Told): EntryTold[] => told.redeemables ?? [];

const REASONS: Record<string, string> = {
  not_found: 'Nobody here knows this code.',
  quantity_exceeded: 'It has been used already.',
  voucher_expired: 'It has run out.',
  voucher_disabled: 'It is switched off.',
  campaign_not_active: 'Its campaign is over.',
  customer_rules_violated: 'It is somebody else’s.',
  missing_customer: 'Sign in to use it.',
  gift_amount_exceeded: 'There is nothing left on it.',
  preceding_validation_failed: 'It waits until the one before it is sorted out.',
};

function reasonOf(error: ErrorTold): string {
  return REASONS[error.key ?? ''] ?? error.error?.message ?? error.details ?? error.message ?? 'It cannot be used.';
}

async function call(
  till: Till,
  request: string,
  { body, key }: { body: object; key?: string },
): Promise<{ status: number; told: Told }> {
  const [method = '', path = ''] = request.split(' ');
  const headers = {
    'content-type': 'application/json',
    'x-app-id': till.shop,
    'x-app-token': till.keys.secret,
    ...(key !== undefined && { 'idempotency-key': key }),
  };
  const init = { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
  const answer = await fetch(till.edge.origin + path, init);
  return { status: answer.status, told: (await answer.json()) as Told };
}
