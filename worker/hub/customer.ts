/** From a proved shopper to a customer: found, or joined the first time; and reads that follow one who has moved. */

import type { ShopperStanding } from '../customers/reader.ts';
import { customersOf } from '../customers/stubs.ts';
import { forgetSubject, resolveAll } from '../directory/cache.ts';
import type { Subject } from '../directory/match.ts';
import type { CustomerEvent } from '../domain/event.ts';
import type { Env } from '../env.ts';
import { deliver } from '../routing/deliver.ts';
import { settleMoves } from '../routing/follow.ts';
import { tracked } from '../routing/following.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { receiptOf, testNow } from '../shops/shop-time.ts';
import { ProblemError } from '../wire/problem.ts';
import type { Access } from './access.ts';
import type { Shopper } from './proof.ts';

const MOST_ROUNDS = 8;

/** How much of the standing's lists to read with it. */
export interface First {
  activity: number;
  orders: number;
}
export const NOTHING: First = { activity: 0, orders: 0 };

type Shopping = Pick<Access, 'shop' | 'customer'>;

export interface Current {
  customer: string;
  standing: ShopperStanding;
}

export interface SignedIn extends Current {
  rowsWritten: number;
}

/**
 * The customer behind a proof. One that is known is only read: the Directory writes where an identifier is new, and the
 * customer's object not at all. One that nobody knew, or that only browsers spoke of, joins, under a key that makes every
 * retry a no-op.
 */
export async function signIn(env: Env, shop: ShopSnapshot, shopper: Shopper, first: First): Promise<SignedIn> {
  const subject: Subject = { identifiers: shopper.identifiers, trust: 'server' };
  let rowsWritten = 0;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const [resolved] = await resolveAll(env, shop, [subject]);
    if (resolved === undefined) break;
    if (resolved.moves.length > 0) {
      await settleMoves(env, shop, [resolved]);
      continue;
    }
    const current = await standingOf(env, { shop, customer: resolved.customer }, first);
    if (current?.standing.known) {
      if (current.customer !== resolved.customer) forgetSubject(shop.id, subject);
      return { ...current, rowsWritten };
    }
    rowsWritten += (
      await deliver(env, shop, [{ subject, event: joined(shopper, (await receiptOf(env, shop)).receivedAtMs) }])
    ).rowsWritten;
  }
  throw new Error('a customer that joined has no standing');
}

/** The standing of a session's customer, or of whom it moved to; null where there is none. Writes nothing. */
async function standingOf(env: Env, { shop, customer }: Shopping, first: First): Promise<Current | null> {
  const clockMs = await testNow(env, shop);
  const call = { shop: shop.id, version: shop.version, clockMs, first };
  const found = await tracked({ env, shop }, customer, (id) =>
    customersOf(env, shop.id, id).shopper({ ...call, customer: id }),
  );
  return found === null ? null : { customer: found.customer, standing: found.told };
}

/** As `standingOf`, for routes: a bearer whose customer is gone is no bearer any more. */
export async function requireStanding(env: Env, access: Shopping, first: First): Promise<Current> {
  const current = await standingOf(env, access, first);
  if (current === null) throw new ProblemError('unauthorized');
  return current;
}

function joined({ identifiers, traits, proof }: Shopper, now: number): CustomerEvent {
  const [{ kind, value }] = identifiers;
  return {
    key: `hub:joined:${kind}:${value}`,
    source: 'hub',
    trust: 'server',
    name: 'Joined Hub',
    occurredAtMs: now,
    receivedAtMs: now,
    properties: { proof },
    traits,
    fact: null,
  };
}
