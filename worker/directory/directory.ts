/**
 * The Directory: who is it. Every identifier of a shop points to one customer, and a whole batch is resolved in one
 * call and one transaction. The only complete list of customers.
 */
import { DurableObject } from 'cloudflare:workers';
import { IDENTIFIER_KINDS, type Identifier, type Trust } from '../domain/event.ts';
import type { Env } from '../env.ts';
import { randomText } from '../shops/crypto.ts';
import { DirectoryStore, type Owner } from './store.ts';

/** Sixteen objects share a shop's customers; more labels can be added, nobody moves. */
const LABELS = '0123456789abcdef';

export interface Subject {
  identifiers: Identifier[];
  trust: Trust;
}

export interface Resolved {
  customer: string;
  /** Somebody who can be trusted named this customer by more than an anonymous id. */
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
const NAMING: readonly string[] = ['user', 'shopify', 'email', 'phone'];
/** Browsers of one person; further ones lead to the same customer only while they say who is there. */
const MOST_ANONYMOUS = 50;

interface Claim {
  identifier: Identifier;
  owner: Owner | null;
}

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
      if (owner !== null) return owner.customer;
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
    const claims = strongestFirst(subject.identifiers).map((identifier) => ({
      identifier,
      owner: this.#store.owner(identifier),
    }));
    const waiting = this.#waiting(claims);
    const customer = this.#choose(claims, subject.trust, waiting);
    if (customer === null) return this.#newborn(claims, subject.trust, call);
    for (const { identifier, owner } of claims) {
      const upgraded = owner?.customer === customer && owner.trust === 'browser' && subject.trust === 'server';
      if (upgraded || (owner === null && this.#fits(customer, identifier)))
        this.#store.attach(customer, identifier, subject.trust, call.nowMs);
    }
    const absorb = waiting !== null && waiting !== customer ? waiting : null;
    return { customer, known: this.#store.isNamed(customer, NAMING), absorb };
  }

  /** Nobody matched: whatever nobody owns yet belongs to the customer that is made for it. */
  #newborn(claims: Claim[], trust: Trust, call: ResolveCall): Resolved {
    const customer = this.#bear(call);
    const own = claims.filter(({ owner }) => owner === null).map(({ identifier }) => identifier);
    for (const identifier of own) this.#store.attach(customer, identifier, trust, call.nowMs);
    return { customer, known: trust === 'server' && own.some(({ kind }) => NAMING.includes(kind)), absorb: null };
  }

  /** The customer of an order that nothing but order numbers has named yet. */
  #waiting(claims: Claim[]): string | null {
    const order = claims.find(({ identifier, owner }) => identifier.kind === 'order' && owner !== null);
    if (!order?.owner) return null;
    const kinds = this.#store.kinds(order.owner.customer);
    return kinds.size === 1 && kinds.has('order') ? order.owner.customer : null;
  }

  /**
   * An order belongs to whom it was first named with. Else the strongest identifier that has an owner decides, unless
   * that owner already carries another value of a single kind that this subject names: then the weaker identifier is
   * demoted and the next one is asked.
   */
  #choose(claims: Claim[], trust: Trust, waiting: string | null): string | null {
    for (const claim of claims) {
      const owner = claim.owner?.customer;
      if (owner === undefined || owner === waiting) continue;
      if (claim.identifier.kind === 'order') return owner;
      if (claim.identifier.kind === 'anonymous' && this.#isSomebodyElse(owner, claims, trust)) continue;
      const clash = claims.some(
        (other) =>
          SINGLE.has(other.identifier.kind) && other.owner?.customer !== owner && !this.#fits(owner, other.identifier),
      );
      if (!clash) return owner;
    }
    return waiting;
  }

  /**
   * A browser is shared: an anonymous id never leads somebody who is named to a customer who is named otherwise. What a
   * browser says itself ties a name to an anonymous history only, never to one that already has orders or a name.
   */
  #isSomebodyElse(owner: string, claims: Claim[], trust: Trust): boolean {
    const named = claims.some((claim) => NAMING.includes(claim.identifier.kind) && claim.owner?.customer !== owner);
    if (!named) return false;
    const kinds = this.#store.kinds(owner);
    return trust === 'browser' ? kinds.size > 1 : NAMING.some((kind) => kinds.has(kind));
  }

  #fits(customer: string, { kind }: Identifier): boolean {
    if (kind === 'anonymous') return this.#store.count(customer, kind, MOST_ANONYMOUS) < MOST_ANONYMOUS;
    return !SINGLE.has(kind) || !this.#store.kinds(customer).has(kind);
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
