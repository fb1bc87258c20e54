/** An order that was paid with vouchers was cancelled or refunded: what of them goes back. */
import type { EarningBase } from '../earning/base.ts';
import { baseMinor, refundedMinor } from '../earning/standing.ts';
import type { Happened } from '../loyalty/part.ts';
import { ratio } from '../money.ts';
import type { Order } from '../order.ts';

import type { Terms } from '../terms.ts';
import { past } from '../vouchers/due.ts';
import { rolledBackProperties } from '../vouchers/held-rows.ts';
import { isRolledBack, rollBack } from '../vouchers/roll-back.ts';
import type { Redemption, Voucher } from '../vouchers/voucher.ts';
import { pushRow, put, type Work } from '../work.ts';
import { pointsBack, pointsLeft } from './points-back.ts';
import { NO_REWARDS } from './programme.ts';
import { returnedProperties } from './revoke.ts';

export function ordersEnd(work: Work, order: Order, happened: Happened, terms: Terms): void {
  const gone = partGone(order);
  if (gone.part === 0) return;
  for (const { voucher: id, redemption: of } of order.vouchers ?? []) {
    const [voucher, redemption] = [work.vouchers.all.get(id), work.redemptions.all.get(of)];
    if (voucher === undefined || redemption === undefined) continue;
    const use = { voucher, redemption, gone };
    if (isBought(voucher)) returnPoints(work, use, happened, terms);
    else if (gone.part === gone.whole && !isRolledBack(redemption)) rollBackUse(work, use, happened, terms);
  }
}

interface Use {
  voucher: Voucher;
  redemption: Redemption;
  gone: Gone;
}

/** Its points go back, and the code stays used; money that was bought is money, and goes back as such. */
function isBought({ origin, benefit }: Voucher): boolean {
  return origin.kind === 'reward' && benefit.kind === 'discount';
}

/** So much of the whole went back; how much they are is said by neither. */
interface Gone {
  part: number;
  whole: number;
}

const WHOLE: Gone = { part: 1, whole: 1 };
const NOTHING: Gone = { part: 0, whole: 1 };
/** Of the goods as they were paid, gift cards among them. */
const GOODS: EarningBase = { afterDiscounts: true, tax: false, shipping: false, giftCards: true };

function partGone({ snapshot, refunds, cancelledAtMs }: Order): Gone {
  if (cancelledAtMs !== null || snapshot?.refunded === true) return WHOLE;
  if (snapshot === null || refunds.length === 0) return NOTHING;
  const whole = baseMinor(snapshot, GOODS);
  if (whole > 0) return { part: refundedMinor(snapshot, refunds, GOODS), whole };
  // the vouchers paid for all of it: what is left to count are the pieces
  const pieces = snapshot.lines.reduce((sum, line) => sum + line.quantity, 0);
  const lines = refunds.flatMap((refund) => refund.lines);
  const back = lines.reduce((sum, line) => sum + line.quantity, 0);
  const isWhole = refunds.some((refund) => refund.lines.length === 0 && refund.moneyMinor === null);
  return isWhole || pieces === 0 ? WHOLE : { part: Math.min(back, pieces), whole: pieces };
}

/** In all the rounded down part of the price: the last refund takes the rest. What went back once stays. */
function returnPoints(work: Work, { voucher, gone }: Use, { atMs, nowMs }: Happened, terms: Terms): void {
  const { origin, held } = voucher;
  if (origin.kind !== 'reward' || (terms.programme.rewards ?? NO_REWARDS).refunds === 'none') return;
  const due = ratio(origin.points, gone.part, gone.whole) - (held?.pointsBack ?? 0);
  const points = Math.min(due, pointsLeft(voucher));
  if (points <= 0) return;
  const when = { atMs, nowMs };
  const { voucher: after, entry } = pointsBack(work, { voucher, points }, { terms, when });
  put(work.vouchers, after);
  pushRow(work, {
    kind: 'points.returned',
    name: 'Points Returned',
    atMs,
    recordedAtMs: nowMs,
    terms,
    entries: [entry],
    about: { voucher: voucher.id, properties: returnedProperties(voucher, entry, 'order_refunded') },
  });
}

function rollBackUse(work: Work, { voucher, redemption }: Use, { atMs, nowMs }: Happened, terms: Terms): void {
  const id = `rr_${terms.codes.nameFor(JSON.stringify(['order', redemption.id]))}`;
  const ask = { id, atMs, reason: 'order_refunded', amountMinor: null, stack: true };
  const back = rollBack(voucher, redemption, ask);
  if ('refused' in back) return;
  put(work.vouchers, past(back.voucher, nowMs));
  put(work.redemptions, back.redemption);
  pushRow(work, {
    kind: 'voucher.rolled_back',
    name: 'Voucher Rolled Back',
    atMs,
    recordedAtMs: nowMs,
    orderId: redemption.orderId,
    terms,
    entries: [],
    about: {
      voucher: voucher.id,
      redemption: redemption.id,
      rollback: id,
      properties: rolledBackProperties(back, terms.currency),
    },
  });
}
