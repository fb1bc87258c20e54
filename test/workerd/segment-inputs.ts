/** What a step says, as an object is told it: events, orders, points, at their instants. */

import type { Input } from '../../worker/customers/input.ts';
import type { ConsentChange } from '../../worker/domain/consent.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import type { OrderFact } from '../../worker/domain/order-facts.ts';
import { event, line, paid, refund, refunded, snapshot } from '../domain/given.ts';
import type { Situation } from '../domain/segments/arbitrary-life.ts';
import { later } from '../domain/segments/naive-calendar.ts';
import { type Late, LISTS, type Told } from './segment-steps.ts';

export class Teller {
  readonly #material: Situation;
  #said = 0;
  #last: Input | null = null;

  constructor(material: Situation) {
    this.#material = material;
  }

  /** The inputs, said at an instant. */
  inputs(told: readonly Told[], nowMs: number): Input[] {
    return told.flatMap((one) => {
      const input = one.kind === 'again' ? this.#last : this.#inputOf(one, nowMs);
      this.#last = input;
      return input === null ? [] : [input];
    });
  }

  #inputOf(told: Exclude<Told, { kind: 'again' }>, nowMs: number): Input {
    this.#said += 1;
    const key = `k${this.#said}`;
    if (told.kind === 'points') {
      const { points, expires } = told;
      const expiresAtMs = points > 0 && expires !== null ? this.#away(nowMs, expires, 1) : null;
      return {
        kind: 'operation',
        operation: { op: 'adjust', key, fingerprint: key, points, expiresAtMs, reason: 'r', note: null },
      };
    }
    const own = event(key, { source: 's', occurredAtMs: nowMs, receivedAtMs: nowMs });
    return { kind: 'event', event: { ...own, ...this.#eventOf(told, nowMs) } };
  }

  #eventOf(told: Exclude<Told, { kind: 'again' | 'points' }>, nowMs: number): Partial<CustomerEvent> {
    switch (told.kind) {
      case 'event': {
        const { name, trusted, aside, late, of } = told;
        const trust = trusted ? ('server' as const) : ('browser' as const);
        return { name, trust, aside, occurredAtMs: this.#when(late, nowMs), properties: this.#properties(of) };
      }
      case 'order': {
        const atMs = this.#when(told.late, nowMs);
        return { name: 'Placed Order', occurredAtMs: atMs, fact: orderFact(told, atMs, nowMs) };
      }
      case 'cancel': {
        const atMs = this.#when(told.late, nowMs);
        const fact = { kind: 'cancellation' as const, orderId: `o${told.order}`, atMs };
        return { name: 'Cancelled Order', occurredAtMs: atMs, fact };
      }
      case 'refund': {
        const atMs = this.#when(told.late, nowMs);
        const one = refund(`r${this.#said}`, { moneyMinor: told.minor });
        return { name: 'Refunded Order', occurredAtMs: atMs, fact: refunded(one, `o${told.order}`) };
      }
      case 'traits': {
        const traits = told.of % 2 === 0 ? this.#material.life.traits : this.#properties(told.of);
        const gone = told.gone === null ? {} : { [told.gone]: null };
        return { name: 'Identified', traits: { ...traits, ...gone } };
      }
      case 'consent':
        return { name: 'Said', consents: this.#consents(told.of, told.lifted) };
      case 'list': {
        const sinceMs = told.late === null ? null : this.#when(told.late, nowMs);
        return { name: 'Listed', lists: [{ list: LISTS.byHand, change: told.change, sinceMs }] };
      }
    }
  }

  #when(late: Late, nowMs: number): number {
    return late === null ? nowMs : Math.min(nowMs, this.#away(nowMs, late.span, -1) + late.off);
  }

  #away(nowMs: number, { unit, quantity }: NonNullable<Late>['span'], sign: 1 | -1): number {
    return later(this.#material.shop.timeZone, nowMs, unit, sign * quantity);
  }

  #properties(of: number): JsonObject {
    const { events, traits } = this.#material.life;
    return events.length === 0 ? traits : (events[of % events.length]?.properties ?? {});
  }

  #consents(of: number, lifted: boolean): ConsentChange[] {
    const all = Object.entries(this.#material.life.consents);
    const [name = 'email', said] = all[of % Math.max(1, all.length)] ?? [];
    const channel = name as ConsentChange['channel'];
    if (lifted || said === undefined) return [{ kind: 'lifted', channel, atMs: null, source: 'us' }];
    const { consent, suppression } = said;
    return [
      ...(consent === null ? [] : [{ kind: 'state' as const, channel, ...consent }]),
      ...(suppression === null ? [] : [{ kind: 'suppressed' as const, channel, ...suppression }]),
    ];
  }
}

function orderFact(told: Extract<Told, { kind: 'order' }>, placedAtMs: number, nowMs: number): OrderFact {
  const { order, total, currency, test, products } = told;
  const lines = products.map((productId, at) =>
    line(0, { lineId: `l${at}`, productId, sku: at === 0 ? 'SKU-1' : null }),
  );
  const rest = { currency, test, lines, placedAtMs, updatedAtMs: nowMs };
  return paid(snapshot(total, { orderId: `o${order}`, ...rest }));
}
