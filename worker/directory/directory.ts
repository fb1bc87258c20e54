/**
 * The Directory: who is it. Every identifier of a shop points to one customer, and a whole batch is resolved in one
 * call and one transaction. The only complete list of customers.
 */
import { DurableObject } from 'cloudflare:workers';
import { IDENTIFIER_KINDS, type Identifier, type Trust } from '../domain/event.ts';
import type { Env } from '../env.ts';
import { randomText } from '../shops/crypto.ts';
import { DirectoryStore } from './store.ts';

/** Sixteen objects share a shop's customers; more labels can be added, nobody moves. */
const LABELS = '0123456789abcdef';

export interface Subject {
  identifiers: Identifier[];
  trust: Trust;
}

export interface Resolved {
  customer: string;
  /** An identifier stronger than an anonymous id belongs to this customer. */
  known: boolean;
  /** A customer that only an order number named until now, and that turns out to be this one. */
  absorb: string | null;
}

export interface ResolveCall {
  layout: 'shared' | 'per_customer';
  nowMs: number;
  subjects: Subject[];
}

/** Kinds of which a customer has one: a second value makes another customer instead of a wrong merge. */
const SINGLE = new Set<string>(['user', 'shopify']);
const NAMING = new Set<string>(['user', 'shopify', 'email', 'phone']);

export class Directory extends DurableObject<Env> {
  readonly #store: DirectoryStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new DirectoryStore(ctx.storage);
  }

  /** One customer for each subject, in order; made where none matches. An identifier that would join two is demoted. */
  resolve(call: ResolveCall): Resolved[] {
    return this.#store.transaction(() => call.subjects.map((subject) => this.#resolve(subject, call)));
  }

  /** Who this is, without making anyone: null where nobody matches. */
  find(identifiers: Identifier[]): string | null {
    for (const identifier of strongestFirst(identifiers)) {
      const owner = this.#store.owner(identifier);
      if (owner !== null) return owner;
    }
    return null;
  }

  /** The id itself where it is a customer's, the survivor's where that one moved; null where there is none. */
  current(customer: string): string | null {
    if (!this.#store.exists(customer)) return null;
    return this.#store.movedTo(customer) ?? customer;
  }

  identifiers(customer: string): Identifier[] {
    return this.#store.identifiers(customer);
  }

  /** The waiting customer's rows are stored at the survivor: from now on its identifiers are the survivor's. */
  absorbed(waiting: string, survivor: string): void {
    this.#store.transaction(() => this.#store.repoint(waiting, survivor));
  }

  /** Ids after `after`, for jobs that visit every customer. */
  page(after: string, limit: number): string[] {
    return this.#store.page(after, limit);
  }

  #resolve(subject: Subject, call: ResolveCall): Resolved {
    const given = strongestFirst(subject.identifiers);
    const owners = given.map((identifier) => ({
      identifier,
      owner: this.#store.owner(identifier),
    }));
    const waiting = this.#waiting(owners);
    const customer = this.#choose(owners, waiting) ?? this.#bear(call);
    for (const { identifier, owner } of owners) {
      if (owner === null && this.#fits(customer, identifier))
        this.#store.attach(customer, identifier, subject.trust, call.nowMs);
    }
    const kinds = this.#store.kinds(customer);
    const absorb = waiting !== null && waiting !== customer ? waiting : null;
    return {
      customer,
      known: [...kinds].some((kind) => NAMING.has(kind)),
      absorb,
    };
  }

  /** The customer of an order that nothing but order numbers has named yet. */
  #waiting(owners: { identifier: Identifier; owner: string | null }[]): string | null {
    const order = owners.find(({ identifier, owner }) => identifier.kind === 'order' && owner !== null);
    if (!order?.owner) return null;
    const kinds = this.#store.kinds(order.owner);
    return kinds.size === 1 && kinds.has('order') ? order.owner : null;
  }

  /**
   * The strongest identifier that has an owner decides, unless that owner already carries another value of a single
   * kind that this subject names: then the weaker identifier is demoted and the next one is asked.
   */
  #choose(owners: { identifier: Identifier; owner: string | null }[], waiting: string | null): string | null {
    for (const { owner } of owners) {
      if (owner === null || owner === waiting) continue;
      const clash = owners.some(
        (other) => SINGLE.has(other.identifier.kind) && other.owner !== owner && !this.#fits(owner, other.identifier),
      );
      if (!clash) return owner;
    }
    return waiting;
  }

  #fits(customer: string, identifier: Identifier): boolean {
    return !SINGLE.has(identifier.kind) || !this.#store.kinds(customer).has(identifier.kind);
  }

  #bear(call: ResolveCall): string {
    const random = randomText(20);
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    const customer = call.layout === 'per_customer' ? random : `${LABELS.charAt(byte % LABELS.length)}-${random}`;
    this.#store.bear(customer, call.nowMs);
    return customer;
  }
}

function strongestFirst(identifiers: Identifier[]): Identifier[] {
  return [...identifiers].sort((a, b) => IDENTIFIER_KINDS.indexOf(a.kind) - IDENTIFIER_KINDS.indexOf(b.kind));
}
