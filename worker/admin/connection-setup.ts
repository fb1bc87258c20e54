/** Connections of a shop as routes need them: found, kept, shown, with their secrets. */
import type { z } from '@hono/zod-openapi';
import { secretName } from '../connection/secret-name.ts';
import { newWebhookSecret } from '../connection/signature.ts';
import { type Connection, type ConnectionChange, MOST_CONNECTIONS } from '../domain/connections/connection.ts';
import { urlFlaw } from '../domain/connections/webhook-url.ts';
import type { AppContext } from '../http/app.ts';
import { seedOf } from '../http/once.ts';
import type { Caller } from '../shops/auth.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { sameText } from '../shops/crypto.ts';
import { sealSecret, secretsNamed } from '../shops/secrets.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { remote } from '../storage/remote.ts';
import type * as wire from '../wire/connections.ts';
import { ProblemError } from '../wire/problem.ts';

export function connectionOf(c: AppContext, shop: string, id: string) {
  return remote(c.env.CONNECTION, `connection:${shop}:${id}`);
}

export async function connectionsOf(c: AppContext, shop: string): Promise<Connection[]> {
  return (await shopOf(c.env, shop).snapshot())?.settings.connections ?? [];
}

/** The connection as it is kept, or `not_found`. */
export async function requireConnection(c: AppContext, shop: string, id: string): Promise<Connection> {
  const found = (await connectionsOf(c, shop)).find((one) => one.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return found;
}

/** Writes a change and answers the connection as it is then. */
export async function keep(c: AppContext, { shop, key }: Caller, change: ConnectionChange): Promise<Connection> {
  const done = await shopOf(c.env, shop.id).changeConnections(change, key.id);
  if (done === 'unknown') throw new ProblemError('not_found');
  if (done === 'full')
    throw new ProblemError('conflict', { detail: `A shop has at most ${MOST_CONNECTIONS} connections.` });
  forgetShop(shop.id);
  const id = change.kind === 'add' ? change.connection.id : change.id;
  const found = done.settings.connections?.find((one) => one.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return found;
}

export function requireSafe(c: AppContext, shop: ShopSnapshot, url: string): void {
  const ownHost = new URL(c.req.url).host;
  const rule = urlFlaw(url, { isTest: shop.settings.mode === 'test', ownHost });
  if (rule !== null) throw new ProblemError('invalid_request', { errors: [{ field: 'url', rule }] });
}

/**
 * Makes a secret and keeps it sealed, for its one showing here. The one before signs as well for so long. A rerun makes the
 * same one, and pushes out nothing.
 */
export async function newSecret(c: AppContext, shop: string, id: string, overlapMs: number): Promise<string> {
  const name = secretName(id);
  const seed = seedOf(c);
  const plain = await newWebhookSecret(c.env.ROOT_SECRET, seed === null ? null : JSON.stringify([name, shop, seed]));
  const object = shopOf(c.env, shop);
  const now = await object.snapshot();
  const [current] = now === null ? [] : await secretsNamed(c.env, now, name);
  if (current === undefined || !(await sameText(current, plain))) {
    const sealed = await sealSecret(c.env, shop, name, plain);
    const stored = { name, about: {}, sealed, createdAtMs: Date.now(), endsAtMs: null };
    await object.putSecret(stored, Date.now() + overlapMs);
    forgetShop(shop);
  }
  return plain;
}

export function connectionView(connection: Connection): z.infer<typeof wire.Connection> {
  return { ...connection, events: [...connection.events], state: connection.pausedFor === null ? 'active' : 'paused' };
}
