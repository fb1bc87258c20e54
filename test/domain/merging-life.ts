/** Three customers who live at random, each with orders of their own, and turn out to be one another on the way. */
import fc from 'fast-check';
import type { OrderFact } from '../../worker/domain/order-facts.ts';
import type { Programme } from '../../worker/domain/programme.ts';
import { Audit } from './audit.ts';
import { DAY, NOW, terms } from './given.ts';
import { factOf, live, type Step } from './life.ts';
import { Till } from './till.ts';

const PEOPLE = 3;
const HOUR = DAY / 24;
const who = fc.nat(PEOPLE - 1);
const afterHours = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 24 }));

export type MergingStep =
  | { kind: 'live'; who: number; step: Step }
  /** Whoever they are by now; somebody new takes the place of the one who went. */
  | { kind: 'merge'; loser: number; survivor: number };

const adjust = fc.record({
  kind: fc.constant('adjust' as const),
  points: fc.integer({ min: -90, max: 110 }).filter((points) => points !== 0),
  lifeDays: fc.option(fc.integer({ min: 1, max: 9 })),
  afterHours,
});
const tell = fc.record({
  kind: fc.constant('tell' as const),
  fact: fc.constantFrom('o1', 'o2', 'o3').chain(factOf),
  afterHours,
});

export const mergingStep: fc.Arbitrary<MergingStep> = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({ kind: fc.constant('live' as const), who, step: fc.oneof(adjust, tell) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('merge' as const), loser: who, survivor: who }) },
);

interface Person {
  till: Till;
  audit: Audit;
  /** Before the ids of their orders, so that nobody is told of another one's. */
  name: string;
}

export class MergingLives {
  readonly #programme: Partial<Programme>;
  readonly #people: Person[] = [];
  #born = 0;
  #at = NOW;

  constructor(programme: Partial<Programme>) {
    this.#programme = programme;
    for (let at = 0; at < PEOPLE; at += 1) this.#people.push(this.#newborn());
  }

  #newborn(): Person {
    this.#born += 1;
    const till = new Till(terms(this.#programme));
    return { till, audit: new Audit(till), name: `p${this.#born}` };
  }

  live(one: MergingStep): void {
    if (one.kind === 'live') this.#live(one.who, one.step);
    else if (one.loser !== one.survivor) this.#merge(one.loser, one.survivor);
  }

  #live(at: number, step: Step): void {
    const person = this.#people[at];
    if (person === undefined) return;
    this.#at += step.afterHours * HOUR;
    const own = step.kind === 'tell' ? { ...step, fact: named(step.fact, person.name) } : step;
    live(person.till, own, this.#at);
    person.audit.check();
  }

  #merge(loser: number, survivor: number): void {
    const [gone, kept] = [this.#people[loser], this.#people[survivor]];
    if (gone === undefined || kept === undefined || gone.till.head === null) return;
    kept.till.absorb(gone.till, this.#at);
    kept.audit.check();
    this.#people[loser] = this.#newborn();
  }
}

function named(fact: OrderFact, name: string): OrderFact {
  if (fact.kind === 'order') return { ...fact, order: { ...fact.order, orderId: `${name}-${fact.order.orderId}` } };
  return { ...fact, orderId: `${name}-${fact.orderId}` };
}
