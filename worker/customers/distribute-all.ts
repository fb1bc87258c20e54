/** Gives a distribution's codes to those who are in its segment already, or says who they are. */
import type { Head } from '../domain/customer.ts';
import type { Distribution } from '../domain/distributions/distribution.ts';
import { byBackFill, qualifies, type Whom } from '../domain/distributions/triggered.ts';
import { whomOf } from './distributing.ts';
import { bringUp, requireCurrent, runDue, type Scene } from './due.ts';

export interface DistributeCall {
  customers: string[];
  distribution: string;
}

type Visit = (wanted: Distribution, whom: Whom, head: Head) => boolean;

/** Those of the customers who are to get a code; each is asked for once, however often this runs. Nobody where it is gone. */
export function distributeAll(scene: Scene, call: DistributeCall, clock: number): string[] {
  const { batch, terms } = scene;
  return chosen(scene, { ...call, clock }, (wanted, whom, head) => {
    const errand = byBackFill(wanted, whom, terms);
    if (errand === null) return false;
    batch.add(whom.customer, { head, rows: [], lots: [], orders: [], errands: [errand] });
    return true;
  });
}

/** The same, and nothing is given. Called on trial. */
export function wouldReceive(scene: Scene, call: DistributeCall, clock: number): string[] {
  return chosen(scene, { ...call, clock }, (wanted, whom) => qualifies(wanted, whom, scene.terms));
}

/** Whoever is there by another id, or nobody yet, is left alone. */
function chosen(scene: Scene, call: DistributeCall & { clock: number }, visit: Visit): string[] {
  const { batch, terms } = scene;
  const { customers, distribution, clock } = call;
  const wanted = terms.distributions?.find(({ id }) => id === distribution);
  if (wanted === undefined) return [];
  batch.load(customers, []);
  return customers.filter((customer) => {
    const before = batch.head(customer);
    if (before === null || before.movedTo !== null) return false;
    requireCurrent(scene, before);
    const now = Math.max(before.nowMs, clock);
    const head = bringUp(scene, customer, runDue(scene, customer, before, now), now);
    return visit(wanted, whomOf(scene, customer, head, now), head);
  });
}
