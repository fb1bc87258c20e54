/** A customer's whole past, for what is counted anew: what is written, and what this call has decided and not written yet. */
import type { JournalRow } from '../domain/journal.ts';
import type { Order } from '../domain/order.ts';
import type { Past } from '../domain/past.ts';
import type { Made } from '../domain/referrals/made.ts';
import type { Batch } from './batch.ts';
import type { MadePlace } from './referral-store.ts';
import type { CustomerStore } from './store.ts';

const PAGE = 200;
const EVER = { fromMs: Number.MIN_SAFE_INTEGER, toMs: Number.MAX_SAFE_INTEGER };

/** Reads nothing before it is asked. */
export function pastOf(store: CustomerStore, batch: Batch, customer: string): Past {
  return {
    orders: () => ordersOf(store, customer),
    pending: () => store.ledger.pending([customer]).map(({ thing }) => thing),
    pointsRows: () => pointsRows(store, batch, customer),
    referrals: () => referralsOf(store, customer),
  };
}

function* ordersOf(store: CustomerStore, customer: string): Generator<Order> {
  for (let after = ''; ; ) {
    const page = store.arrivals.ordersAfter(customer, after, PAGE);
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.orderId ?? after;
  }
}

function* referralsOf(store: CustomerStore, customer: string): Generator<Made> {
  for (let before: MadePlace | null = null; ; ) {
    const page = store.referrals.page(customer, PAGE, before);
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    before = last;
  }
}

function* pointsRows(store: CustomerStore, batch: Batch, customer: string): Generator<JournalRow> {
  for (let after = 0; ; ) {
    const page = store.ledger.pointsAfter(customer, after, EVER, PAGE);
    yield* page;
    if (page.length < PAGE) break;
    after = page.at(-1)?.seq ?? after;
  }
  yield* batch.unwritten(customer);
}
