/** Takes the answer to an errand over: everything due first, then what it brings, and the errand is gone. */
import { decideAnswer } from '../domain/answered.ts';
import type { Head, State } from '../domain/customer.ts';
import { BUDGET_TAKE } from '../domain/earning/budget.ts';
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import { NEVER } from '../domain/ledger.ts';
import { bringUp, followUp, requireCurrent, runDue, type Scene } from './due.ts';
import { whoIs } from './dues.ts';
import { withAnswered } from './voucher-loading.ts';

/** So many awards of one customer may wait for budgets at once; the others wait their turn. */
const MOST_WAITING = 1_000;

/**
 * Once: an errand that was answered before, or whose customer left with it, is left alone. Whoever took the customer over
 * asks for itself.
 */
export function takeAnswer(scene: Scene, { op, customer }: OpenErrand, answer: JsonObject, clock: number): void {
  const { store, batch, terms } = scene;
  const errand = store.errands.one(op);
  if (errand === null || errand.customer !== customer) return;
  batch.load([customer], []);
  const head = batch.head(customer);
  if (head === null || head.movedTo !== null) return;
  requireCurrent(scene, head);
  const now = Math.max(head.nowMs, clock);
  const current = bringUp(scene, customer, runDue(scene, customer, head, now), now);
  const loaded = withAnswered(scene, customer, loadFor(scene, current, errand), errand);
  const state = { ...loaded, ...whoIs(scene, customer, current) };
  const changes = decideAnswer(state, { errand, answer }, terms, { atMs: now, nowMs: now });
  batch.add(customer, changes);
  followUp(scene, customer, current, changes, { kind: 'points' });
  store.errands.drop(op);
}

/** With the order that an errand names, or the points that wait for what it asks. */
function loadFor({ store }: Scene, head: Head, { customer, kind, body }: OpenErrand): State {
  const id = textOf(body, 'order');
  const order = id === null ? null : store.order(customer, id);
  const orders = new Map(order === null ? [] : [[order.orderId, order]]);
  const forEver = { releasesAtMs: NEVER, id: 0 };
  const pending = kind === BUDGET_TAKE ? store.ledger.pendingPage(customer, forEver, MOST_WAITING) : [];
  return { head, lots: [], orders, pending };
}
