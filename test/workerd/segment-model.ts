/**
 * Customers and segments said in the plainest way: every definition is asked anew at every instant that anybody looks at,
 * over all that was ever told. What is no matter of segments (how orders, consents and traits add up) the product's own
 * functions say.
 */

import type { Adjustment } from '../../worker/domain/adjustment.ts';
import { applyConsents, mergeConsents } from '../../worker/domain/consent.ts';
import { newHead } from '../../worker/domain/customer.ts';
import type { CustomerEvent } from '../../worker/domain/event.ts';
import { joinOrders } from '../../worker/domain/merge.ts';
import { emptyOrder, foldFact, type Order } from '../../worker/domain/order.ts';
import { orderIdOf } from '../../worker/domain/order-facts.ts';
import type { Definition } from '../../worker/domain/segments/definition.ts';
import type { List } from '../../worker/domain/segments/segment-set.ts';
import type { ListStates } from '../../worker/domain/segments/states.ts';
import { joinTraits } from '../../worker/domain/traits.ts';
import { type Life, type LifeEvent, naiveHolds, type Shop } from '../domain/segments/naive.ts';
import { valuePasses, valuesAt } from '../domain/segments/naive-values.ts';

export interface Defined {
  id: string;
  definition: Definition;
  version: number;
  announced: boolean;
}

/** A shop's segments, each after those that it asks for, and its lists. */
export interface Book {
  version: number;
  defined: Defined[];
  lists: List[];
  shop: Shop;
}

/** A row of the journal, as far as it is about a segment. */
export interface Turned {
  segment: string;
  kind: 'segment.entered' | 'segment.left';
  atMs: number;
  cause: string;
  effectiveAtMs: number;
  announced?: boolean;
}

/** What of the groups stands at an instant. */
export interface Groups {
  lists: ListStates;
  sinces: ReadonlyMap<string, number>;
}

type KeyedEvent = LifeEvent & { key: string };

export class Person {
  /** Its groups are `lists` and `since`, its lots those that run out. */
  readonly life: Omit<Life, 'events'> & { events: KeyedEvent[] };
  lists: ListStates = {};
  readonly since = new Map<string, number>();
  /** Points that never run out. */
  #endless = 0;
  readonly #keys = new Set<string>();
  #isNew = true;
  /** Of the book that this customer was held against last. */
  version = 0;
  nowMs: number;
  turned: Turned[] = [];

  constructor(nowMs: number) {
    const { traits, consents, balance, debt, lifetime, firstSeenMs, lastSeenMs } = newHead(nowMs);
    const own = { traits, consents, balance, debt, lifetime, firstSeenMs, lastSeenMs };
    this.life = { ...own, events: [], orders: [], groups: {}, lots: [], vouchers: [] };
    this.nowMs = nowMs;
  }

  /** Whether a definition holds at an instant, with what runs out until then gone. */
  holds({ definition }: Defined, { shop }: Book, atMs: number, { lists, sinces }: Groups): boolean {
    const gone = this.life.lots.filter((lot) => lot.atMs <= atMs).reduce((sum, { points }) => sum + points, 0);
    const groups = { ...lists, ...Object.fromEntries(sinces) };
    return naiveHolds(definition, { ...this.life, balance: this.life.balance - gone, groups }, atMs, shop);
  }

  /** The segments that hold at an instant while nothing more is told; who is in one since when, whoever asks may know. */
  inside(book: Book, atMs: number, lists: ListStates, sinceOf: (id: string) => number | undefined): string[] {
    const sinces = new Map<string, number>();
    for (const one of book.defined)
      if (this.holds(one, book, atMs, { lists, sinces })) sinces.set(one.id, sinceOf(one.id) ?? atMs);
    return [...sinces.keys()];
  }

  /** The segments that are not what they are kept as, at a later instant while nothing more is told. */
  turningBy(book: Book, atMs: number): string[] {
    const decided = book.defined.filter(({ version }) => version <= this.version);
    const groups = { lists: this.lists, sinces: this.since };
    return decided.filter((one) => this.holds(one, book, atMs, groups) !== this.since.has(one.id)).map(({ id }) => id);
  }

  /** Lets time pass, and looks at each of these instants and wherever points run out. */
  advance(book: Book, untilMs: number, instants: readonly number[]): void {
    const ends = this.life.lots.map(({ atMs }) => atMs);
    const all = [...new Set([...instants, ...ends])].filter((at) => at > this.nowMs && at <= untilMs);
    for (const atMs of all.sort((a, b) => a - b)) {
      const cause = this.#runOut(atMs) ? 'points' : 'time';
      this.#look(book, atMs, { cause, effectiveAtMs: atMs });
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** What a new book changes; said of it alone, and not of whatever else happened. */
  bringUp(book: Book): void {
    if (this.#isNew || this.version >= book.version) return;
    const atMs = this.nowMs;
    const ids = new Set(book.defined.map(({ id }) => id));
    for (const segment of [...this.since.keys()].filter((id) => !ids.has(id))) {
      this.since.delete(segment);
      const why = { atMs, effectiveAtMs: atMs, cause: 'definition', announced: false };
      this.turned.push({ segment, kind: 'segment.left', ...why });
    }
    this.#forgetLists(book);
    this.version = book.version;
    this.#look(book, atMs, { cause: 'definition', effectiveAtMs: atMs });
  }

  #forgetLists({ lists }: Book): void {
    const kept = Object.entries(this.lists).filter(([list]) => lists.some(({ id }) => id === list));
    this.lists = Object.fromEntries(kept);
  }

  hasSeen(key: string): boolean {
    return this.#keys.has(key);
  }

  tell(book: Book, event: CustomerEvent): void {
    const { life, nowMs } = this;
    const { key, name, occurredAtMs: atMs, properties, trust, aside = false, fact } = event;
    this.#keys.add(key);
    life.events.push({ key, name, atMs, properties, aside, trusted: trust === 'server' });
    if (fact !== null) {
      const orderId = orderIdOf(fact);
      const before = life.orders.find((one) => one.orderId === orderId) ?? emptyOrder(orderId);
      this.#keepOrder(foldFact(before, fact, nowMs));
    }
    life.consents = applyConsents(life.consents, event.consents ?? [], { trust, known: true, nowMs }).consents;
    for (const [trait, value] of Object.entries(event.traits ?? {})) {
      const { [trait]: _, ...others } = life.traits;
      life.traits = value === null ? others : { ...others, [trait]: value };
    }
    life.firstSeenMs = Math.min(life.firstSeenMs, atMs);
    life.lastSeenMs = Math.max(life.lastSeenMs, atMs);
    for (const { list, change, sinceMs } of event.lists ?? [])
      this.#listed(list, change, sinceMs ?? nowMs, sinceMs === null);
    if (!aside) this.#followEvent(book, event);
    this.#started(book);
    this.#look(book, nowMs, { cause: 'event', effectiveAtMs: Math.min(atMs, nowMs) });
  }

  adjust(book: Book, { key, points, expiresAtMs }: Adjustment): void {
    const { life, nowMs } = this;
    this.#keys.add(key);
    if (points > 0) {
      life.balance += points;
      life.lifetime += points;
      if (expiresAtMs === null) this.#endless += points;
      else life.lots.push({ points, atMs: expiresAtMs });
    } else if (life.balance + points >= 0) this.#spend(-points);
    this.#started(book);
    this.#look(book, nowMs, { cause: 'points', effectiveAtMs: nowMs });
  }

  /** Takes another one over. */
  join(book: Book, other: Person): void {
    const [own, more] = [this.life, other.life];
    own.events.push(...more.events.filter(({ key }) => !this.#keys.has(key)));
    for (const key of other.#keys) this.#keys.add(key);
    for (const order of more.orders) {
      const before = own.orders.find((one) => one.orderId === order.orderId);
      this.#keepOrder(before === undefined ? order : joinOrders(before, order));
    }
    const [head, others] = [this.#head(!this.#isNew), other.#head(true)];
    own.traits = joinTraits(head, others);
    own.consents = mergeConsents(head, others);
    own.balance += more.balance;
    own.lifetime += more.lifetime;
    own.lots.push(...more.lots);
    this.#endless += other.#endless;
    own.firstSeenMs = Math.min(own.firstSeenMs, more.firstSeenMs);
    own.lastSeenMs = Math.max(own.lastSeenMs, more.lastSeenMs);
    for (const [list, sinceMs] of Object.entries(other.lists))
      this.lists = { ...this.lists, [list]: Math.min(this.lists[list] ?? sinceMs, sinceMs) };
    this.#forgetLists(book);
    this.#runOut(this.nowMs);
    this.#isNew = false;
    this.version = book.version;
    this.#look(book, this.nowMs, { cause: 'merge', effectiveAtMs: this.nowMs });
  }

  #head(known: boolean) {
    return { ...newHead(this.nowMs), traits: this.life.traits, consents: this.life.consents, known };
  }

  /** Whoever is new is held against all definitions at once. */
  #started(book: Book): void {
    if (this.#isNew) this.version = book.version;
    this.#isNew = false;
  }

  #keepOrder(order: Order): void {
    this.life.orders = [...this.life.orders.filter(({ orderId }) => orderId !== order.orderId), order];
  }

  #runOut(atMs: number): boolean {
    const { life } = this;
    const out = life.lots.filter((lot) => lot.atMs <= atMs);
    life.lots = life.lots.filter((lot) => lot.atMs > atMs);
    for (const { points } of out) life.balance -= points;
    return out.length > 0;
  }

  #spend(points: number): void {
    const { life } = this;
    life.balance -= points;
    let left = points;
    const soonest = [...life.lots].sort((a, b) => a.atMs - b.atMs);
    life.lots = soonest.flatMap((lot) => {
      const taken = Math.min(left, lot.points);
      left -= taken;
      return lot.points > taken ? [{ ...lot, points: lot.points - taken }] : [];
    });
    this.#endless -= left;
  }

  #followEvent({ lists, shop }: Book, { name, properties, trust }: CustomerEvent): void {
    const reading = { nowMs: this.nowMs, zone: shop.timeZone, klaviyo: false };
    for (const { id, rules } of lists) {
      for (const rule of rules) {
        if (rule.on !== 'event' || rule.event !== name || (trust === 'browser' && rule.source !== 'any')) continue;
        const applies = rule.filters.every(({ property, filter }) =>
          valuePasses(filter, valuesAt(properties, property), reading),
        );
        if (applies) this.#listed(id, rule.change, this.nowMs, true);
      }
    }
  }

  /** `vague`: said without a date, it is no news of who is there. */
  #listed(list: string, change: 'added' | 'removed', sinceMs: number, vague: boolean): void {
    const { [list]: before, ...others } = this.lists;
    if (change === 'removed') this.lists = before === undefined ? this.lists : others;
    else if (before === undefined || (!vague && sinceMs < before)) this.lists = { ...others, [list]: sinceMs };
  }

  /** Asks every definition; what that does to lists may turn over others at once. */
  #look(book: Book, atMs: number, why: Pick<Turned, 'cause' | 'effectiveAtMs'>): void {
    for (let before: ListStates | null = null; before !== this.lists; ) {
      before = this.lists;
      const turned = book.defined.flatMap((one) => this.#turn(one, book, atMs, why));
      for (const { segment, kind } of turned) {
        const transition = kind === 'segment.entered' ? 'entered' : 'left';
        for (const { id, rules } of book.lists)
          for (const rule of rules)
            if (rule.on === 'segment' && rule.segment === segment && rule.transition === transition)
              this.#listed(id, rule.change, atMs, true);
      }
    }
  }

  #turn(one: Defined, book: Book, atMs: number, why: Pick<Turned, 'cause' | 'effectiveAtMs'>): Turned[] {
    // a definition that came since the last look is decided by the next one
    if (one.version > this.version) return [];
    const holds = this.holds(one, book, atMs, { lists: this.lists, sinces: this.since });
    if (holds === this.since.has(one.id)) return [];
    if (holds) this.since.set(one.id, atMs);
    else this.since.delete(one.id);
    const news = why.cause === 'definition' ? { announced: one.announced } : {};
    const kind = holds ? ('segment.entered' as const) : ('segment.left' as const);
    const turned = { segment: one.id, kind, atMs, ...why, ...news };
    this.turned.push(turned);
    return [turned];
  }
}
