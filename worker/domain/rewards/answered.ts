/** What another object said of a reward that was given: one of the stock was left or not, the shop made the code or could not. */
import type { Answered } from '../errand.ts';
import { textOf } from '../json.ts';
import type { When } from '../loyalty/part.ts';
import type { Terms } from '../terms.ts';
import type { Held, Voucher } from '../vouchers/voucher.ts';
import { pushRow, put, type Work } from '../work.ts';
import { errandOf, waitsForShop } from './issue.ts';
import { pointsLeft } from './points-back.ts';
import { giveBackToStock, revoke, switchedOff } from './revoke.ts';

/** The kinds of errands that name a voucher and are answered here. */
export const ANSWERED_HERE: readonly string[] = ['stock.take', 'shop.issue'];

export function errandAnswered(work: Work, { errand, answer }: Answered, terms: Terms, when: When): void {
  if (!ANSWERED_HERE.includes(errand.kind)) return;
  const voucher = work.vouchers.all.get(textOf(errand.body, 'voucher') ?? '');
  if (voucher === undefined) return;
  const reward = textOf(errand.body, 'reward') ?? '';
  if (errand.kind === 'stock.take')
    stockAnswered(work, { voucher, reward, granted: answer.granted === true }, terms, when);
  else shopAnswered(work, { voucher, reward, issued: answer.issued === true }, terms, when);
}

interface StockAnswer {
  voucher: Voucher;
  reward: string;
  granted: boolean;
}

function stockAnswered(work: Work, { voucher, reward, granted }: StockAnswer, terms: Terms, when: When): void {
  // it was given back before the answer came
  if (voucher.held?.waitsFor !== 'stock') {
    if (granted) work.errands.push(giveBackToStock(voucher, reward));
    return;
  }
  const taken = heldWith(voucher, { inStock: true });
  if (!granted) fail(work, voucher, { terms, when, reward, reason: 'out_of_stock' });
  else if (!waitsForShop(terms)) makeReady(work, taken, { terms, when });
  else {
    put(work.vouchers, heldWith(taken, { waitsFor: 'shop' }));
    work.errands.push(errandOf(taken, 'shop', reward));
  }
}

function shopAnswered(
  work: Work,
  { voucher, reward, issued }: { voucher: Voucher; reward: string; issued: boolean },
  terms: Terms,
  when: When,
): void {
  if (voucher.held?.waitsFor !== 'shop') return;
  if (issued) makeReady(work, voucher, { terms, when });
  else fail(work, voucher, { terms, when, reward, reason: 'not_made' });
}

interface Deciding {
  terms: Terms;
  when: When;
}

function makeReady(work: Work, voucher: Voucher, { terms, when }: Deciding): void {
  const { waitsFor: _, ...held } = voucher.held ?? {};
  put(work.vouchers, { ...voucher, active: true, held, updatedAtMs: when.atMs });
  pushChange(work, voucher, { terms, when, about: { ready: true } });
}

interface Failure {
  reason: NonNullable<Held['failed']>;
  /** The reward's id. */
  reward: string;
}

/** It cannot be had after all: the points go back, once; what was given for nothing is switched off. */
function fail(work: Work, voucher: Voucher, { terms, when, reason, reward }: Deciding & Failure): void {
  const failed = heldWith(voucher, { failed: reason });
  if (pointsLeft(voucher) > 0) {
    revoke(work, failed, { terms, when, key: null, about: {}, reason });
    return;
  }
  if (voucher.held?.inStock === true) work.errands.push(giveBackToStock(voucher, reward));
  put(work.vouchers, switchedOff(failed, when));
  pushChange(work, voucher, { terms, when, about: { reason } });
}

function pushChange(work: Work, { id }: Voucher, { terms, when, about }: Deciding & { about: object }): void {
  pushRow(work, {
    kind: 'voucher.changed',
    atMs: when.atMs,
    recordedAtMs: when.nowMs,
    terms,
    entries: [],
    about: { voucher: id, ...about },
  });
}

function heldWith(voucher: Voucher, change: Held): Voucher {
  const held: Held = { ...voucher.held, ...change };
  return { ...voucher, held };
}
