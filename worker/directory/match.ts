/**
 * Who a subject is: which customers its identifiers lead to, which of these are one person, and which identifier is too
 * weak to say so. Follows Segment's rules (flat matching, limits per profile, the weaker identifier is demoted), and is
 * stricter where a browser could be shared or is lying. Reads the Directory, writes nothing.
 */
import { IDENTIFIER_KINDS, type Identifier, type IdentifierKind, type Trust } from '../domain/event.ts';
import type { DirectoryStore, Owner } from './store.ts';

export interface Subject {
  identifiers: Identifier[];
  trust: Trust;
  /** A user id that a trusted sender says was the same person's (`alias`). */
  formerly?: string;
  /** The address a browser's word came from: how many people it makes up is counted by it. */
  visitor?: string;
  /** When the newest of what is told of them occurred; absent: now. */
  latestMs?: number;
}

export interface Match {
  /** null: nobody is known by any of it. */
  customer: string | null;
  /** Customers who turn out to be this one. */
  others: string[];
  /** Customers on their way already, who have to arrive first. */
  leaving: string[];
  /** Identifiers that are this customer's from now on, or that a trusted sender now vouches for. */
  attach: Identifier[];
}

/** What names a person; an order is named by one, an anonymous id is a browser's. */
export const NAMING: readonly string[] = ['user', 'shopify', 'email', 'phone', 'external'];

/** How many of a kind one person may come to have by matching; an explicit merge may pass it. */
const LIMITS: readonly [IdentifierKind, number][] = [
  ['user', 1],
  ['shopify', 1],
  ['email', 5],
  ['phone', 5],
  ['external', 20],
];
/** Browsers of one person; further ones lead to the same customer only while they say who is there. */
const MOST_ANONYMOUS = 50;
const MOST_COUNTED = 100;

interface Claim extends Identifier {
  owner: Owner | null;
}

export function match(store: DirectoryStore, subject: Subject): Match {
  const claims = strongestFirst(subject.identifiers).map((one): Claim => ({ ...one, owner: store.owner(one) }));
  const leaving = [...new Set(claims.flatMap((claim) => claim.owner?.leaving ?? []))];
  const order = claims.find((claim) => claim.kind === 'order' && claim.owner !== null);
  const waiting = order?.owner && isWaiting(store, order.owner.customer) ? order.owner.customer : null;
  // an order belongs to whom it was first named with
  const owned = order?.owner && waiting === null ? order.owner.customer : null;
  const kept = owned === null ? withoutClashes(store, leading(store, claims, subject.trust)) : fitting(claims, owned);
  const owners = owned === null ? inOrder(store, kept, waiting) : [owned];
  const customer = owners[0] ?? null;
  const attach =
    customer === null ? kept.filter((claim) => claim.owner === null) : changes(store, customer, kept, subject);
  return { customer, others: owners.slice(1), leaving, attach: attach.map(({ kind, value }) => ({ kind, value })) };

  /** Somebody else is named beside the owner of an order: names that are new may be theirs. */
  function fitting(all: Claim[], owner: string): Claim[] {
    const isOthers = (claim: Claim) => claim.owner !== null && claim.owner.customer !== owner;
    const own = all.filter((claim) => !isOthers(claim));
    const doubtful = all.some((claim) => NAMING.includes(claim.kind) && isOthers(claim));
    return withoutClashes(store, doubtful ? own.filter((claim) => claim.owner !== null) : own);
  }
}

/**
 * The claims that may say who this is. A browser is shared: an anonymous id never leads somebody who is named to a
 * customer who is named otherwise. What a browser says itself ties a name to an anonymous history only, never to one
 * that already has orders or a name.
 */
function leading(store: DirectoryStore, claims: Claim[], trust: Trust): Claim[] {
  const names = claims.filter((claim) => NAMING.includes(claim.kind));
  if (names.length === 0) return claims;
  return claims.filter(({ kind, owner }) => {
    if (kind !== 'anonymous' || owner === null) return true;
    if (names.some((name) => name.owner?.customer === owner.customer)) return true;
    const kinds = store.kinds(owner.customer);
    if (trust === 'server') return !NAMING.some((one) => kinds.has(one));
    return kinds.size === 1 && !store.isRefused(owner.customer);
  });
}

/** Drops the weakest of those that cannot be one person's together, until all that are left can. */
function withoutClashes(store: DirectoryStore, claims: Claim[]): Claim[] {
  let kept = claims;
  for (;;) {
    const weakest = clashing(store, kept).at(-1);
    if (weakest === undefined) return kept;
    kept = kept.filter((claim) => claim !== weakest);
  }
}

/** The claims that together would give one person too many of a kind, strongest first; none where all fit. */
function clashing(store: DirectoryStore, claims: Claim[]): Claim[] {
  const owners = [...new Set(claims.flatMap((claim) => claim.owner?.customer ?? []))];
  const unowned = claims.filter((claim) => claim.owner === null);
  if (owners.length === 0 || (owners.length === 1 && unowned.length === 0)) return [];
  for (const [kind, most] of LIMITS) {
    const counts = new Map(owners.map((owner) => [owner, store.count(owner, kind, MOST_COUNTED)]));
    const holders = owners.filter((owner) => (counts.get(owner) ?? 0) > 0);
    const news = unowned.filter((claim) => claim.kind === kind);
    const total = holders.reduce((sum, owner) => sum + (counts.get(owner) ?? 0), news.length);
    const parties = holders.length + (news.length > 0 ? 1 : 0);
    if (total > most && parties > 1)
      return claims.filter((claim) =>
        claim.owner === null ? claim.kind === kind : holders.includes(claim.owner.customer),
      );
  }
  return [];
}

/** Who is meant, the survivor first: whom a trusted sender has named, then by the strength of what leads there. */
function inOrder(store: DirectoryStore, claims: Claim[], waiting: string | null): string[] {
  const owners = [...new Set(claims.flatMap((claim) => claim.owner?.customer ?? []))].filter((one) => one !== waiting);
  if (owners.length > 1) {
    const named = new Set(owners.filter((owner) => store.isNamed(owner, NAMING)));
    owners.sort((a, b) => Number(named.has(b)) - Number(named.has(a)));
  }
  return waiting === null ? owners : [...owners, waiting];
}

function changes(store: DirectoryStore, customer: string, kept: Claim[], { trust }: Subject): Claim[] {
  return kept.filter(({ kind, owner }) => {
    if (owner !== null) return owner.customer === customer && owner.trust === 'browser' && trust === 'server';
    if (kind !== 'anonymous') return true;
    // what browsers made up takes no room from what servers say
    const told =
      trust === 'server'
        ? store.countTrusted(customer, kind, MOST_ANONYMOUS)
        : store.count(customer, kind, MOST_ANONYMOUS);
    return told < MOST_ANONYMOUS;
  });
}

/** A customer whom nothing but order numbers has named yet. */
function isWaiting(store: DirectoryStore, customer: string): boolean {
  const kinds = store.kinds(customer);
  return kinds.size === 1 && kinds.has('order');
}

export function strongestFirst(identifiers: Identifier[]): Identifier[] {
  return [...identifiers].sort((a, b) => IDENTIFIER_KINDS.indexOf(a.kind) - IDENTIFIER_KINDS.indexOf(b.kind));
}
