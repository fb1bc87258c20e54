/** Keys of the shop, and the keys that its own server signs shoppers' tokens with. */
import { createRoute, z } from '@hono/zod-openapi';
import { body, json } from '../http/answers.ts';
import { type AppContext, raw, routes } from '../http/app.ts';
import { once, seedOf } from '../http/once.ts';
import { requireScope } from '../http/scope.ts';
import { forgetShop, shopOf } from '../shops/cache.ts';
import { type KeyKind, SCOPES_OF, type Scope } from '../shops/keys.ts';
import { mintIdentity, mintKey } from '../shops/mint.ts';
import { sealSecret } from '../shops/secrets.ts';
import type { ShopSnapshot, StoredKey } from '../shops/settings.ts';
import * as wire from '../wire/admin.ts';
import { ProblemError } from '../wire/problem.ts';
import { bearer, idempotent, refusals, writeRefusals } from './docs.ts';
import { identityKeyView, keyView } from './views.ts';

export const keys = routes();
const keyParam = z.object({ id: z.string().min(1).max(100) });
const about = { tags: ['Keys'], security: bearer };

const list = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/keys',
  summary: 'Keys, the ended ones included',
  responses: {
    200: json(wire.KeyList, 'Every key of the shop; the keys themselves are not stored'),
    ...refusals,
  },
});
keys.openapi(list, async (c) => {
  const { shop } = await requireScope(c, 'keys');
  return c.json({ items: shop.keys.map(keyView) }, 200);
});

const create = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/keys',
  summary: 'Make a key',
  request: { headers: idempotent, body: body(wire.NewKey) },
  responses: {
    201: json(wire.KeyCreated, 'The key, for the only time'),
    ...writeRefusals,
  },
});
keys.openapi(create, async (c) => {
  const { shop, key } = await requireScope(c, 'keys');
  const { kind, scopes } = c.req.valid('json');
  requireAllowed(kind, scopes);
  requireOwn(key, kind, scopes);
  return raw(await once(c, shop.id, () => make(c, shop.id, kind, scopes)));
});

const rotate = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/keys/{id}/rotate',
  summary: 'Make the next key of the same kind; the old one ends after the overlap',
  request: { headers: idempotent, params: keyParam, body: body(wire.Rotation) },
  responses: {
    201: json(wire.KeyCreated, 'The new key, for the only time'),
    ...writeRefusals,
  },
});
keys.openapi(rotate, async (c) => {
  const { shop, key: own } = await requireScope(c, 'keys');
  const old = shop.keys.find((key) => key.id === c.req.valid('param').id);
  if (old === undefined) throw new ProblemError('not_found');
  requireOwn(own, old.kind, old.scopes);
  const endsAtMs = Date.now() + c.req.valid('json').overlapSeconds * 1000;
  return raw(
    await once(c, shop.id, async () => {
      await requireRotatable(c, shop, old);
      const made = await make(c, shop.id, old.kind, old.scopes);
      await shopOf(c.env, shop.id).endKey(old.id, endsAtMs);
      forgetShop(shop.id);
      return made;
    }),
  );
});

const revoke = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/keys/{id}',
  summary: 'Revoke a key; refused everywhere within five seconds',
  request: { headers: idempotent, params: keyParam },
  responses: { 204: { description: 'Revoked' }, ...writeRefusals },
});
keys.openapi(revoke, async (c) => {
  const caller = await requireScope(c, 'keys');
  const { id } = c.req.valid('param');
  const old = caller.shop.keys.find((key) => key.id === id);
  if (old === undefined) throw new ProblemError('not_found');
  if (id === caller.key.id)
    throw new ProblemError('conflict', {
      detail: 'A key cannot revoke itself; use another.',
    });
  return raw(
    await once(c, caller.shop.id, async () => {
      await shopOf(c.env, caller.shop.id).endKey(id, Date.now());
      forgetShop(caller.shop.id);
      return c.body(null, 204);
    }),
  );
});

const listIdentity = createRoute({
  ...about,
  method: 'get',
  path: '/admin/v1/identity-keys',
  summary: "Keys that sign shoppers' tokens",
  responses: {
    200: json(wire.IdentityKeyList, 'Every identity key'),
    ...refusals,
  },
});
keys.openapi(listIdentity, async (c) => {
  const { shop } = await requireScope(c, 'keys');
  const items = shop.secrets.filter((secret) => secret.name.startsWith('identity:')).map(identityKeyView);
  return c.json({ items }, 200);
});

const createIdentity = createRoute({
  ...about,
  method: 'post',
  path: '/admin/v1/identity-keys',
  summary: "Make (HS256) or register (ES256) a key that signs shoppers' tokens",
  request: { headers: idempotent, body: body(wire.NewIdentityKey) },
  responses: {
    201: json(wire.IdentityKeyCreated, 'The key; an HS256 secret is shown once'),
    ...writeRefusals,
  },
});
keys.openapi(createIdentity, async (c) => {
  const { shop } = await requireScope(c, 'keys');
  const wanted = c.req.valid('json');
  return raw(
    await once(c, shop.id, async () => {
      const minted = await mintIdentity(c.env, shop.id, seedOf(c));
      const secret = wanted.algorithm === 'HS256' ? minted.secret : null;
      const plain = wanted.algorithm === 'HS256' ? minted.secret : JSON.stringify(wanted.publicKey);
      const name = `identity:${minted.id}`;
      const sealed = await sealSecret(c.env, shop.id, name, plain);
      const stored = await shopOf(c.env, shop.id).addSecret({
        name,
        about: { algorithm: wanted.algorithm },
        sealed,
        createdAtMs: Date.now(),
        endsAtMs: null,
      });
      forgetShop(shop.id);
      return c.json({ ...identityKeyView(stored), secret }, 201);
    }),
  );
});

const dropIdentity = createRoute({
  ...about,
  method: 'delete',
  path: '/admin/v1/identity-keys/{id}',
  summary: 'Stop accepting tokens signed with this key',
  request: { headers: idempotent, params: keyParam },
  responses: { 204: { description: 'Done' }, ...writeRefusals },
});
keys.openapi(dropIdentity, async (c) => {
  const { shop } = await requireScope(c, 'keys');
  const name = `identity:${c.req.valid('param').id}`;
  return raw(
    await once(c, shop.id, async () => {
      if (!(await shopOf(c.env, shop.id).dropSecret(name))) throw new ProblemError('not_found');
      forgetShop(shop.id);
      return c.body(null, 204);
    }),
  );
});

async function make(c: AppContext, shop: string, kind: KeyKind, scopes?: readonly Scope[]): Promise<Response> {
  const minted = await mintKey(c.env, shop, { kind, scopes, seed: seedOf(c) });
  const stored = await shopOf(c.env, shop).addKey(minted.stored);
  forgetShop(shop);
  return c.json({ key: keyView(stored), secret: minted.key }, 201);
}

/** An ended key has no next one, but for the one that an earlier run of this request made before it died. */
async function requireRotatable(c: AppContext, shop: ShopSnapshot, old: StoredKey): Promise<void> {
  if (old.endsAtMs === null || old.endsAtMs > Date.now()) return;
  const next = await mintKey(c.env, shop.id, { kind: old.kind, scopes: old.scopes, seed: seedOf(c) });
  const made = shop.keys.some((key) => key.id === next.stored.id);
  if (!made) throw new ProblemError('conflict', { detail: 'That key has ended.' });
}

/**
 * No key makes a secret key that may do more than itself. Publishable and write keys only send and show, which no
 * secret key can, so whoever may make keys may make those.
 */
function requireOwn(own: StoredKey, kind: KeyKind, scopes: readonly Scope[] = SCOPES_OF[kind]): void {
  const beyond = kind === 'secret' ? scopes.find((scope) => !own.scopes.includes(scope)) : undefined;
  if (beyond === undefined) return;
  throw new ProblemError('insufficient_scope', { detail: `This key has no scope "${beyond}" to give.` });
}

function requireAllowed(kind: KeyKind, scopes: readonly Scope[] | undefined): void {
  const beyond = scopes?.find((scope) => !SCOPES_OF[kind].includes(scope));
  if (beyond === undefined) return;
  const errors = [
    {
      field: 'scopes',
      rule: `a ${kind} key cannot have the scope "${beyond}"`,
    },
  ];
  throw new ProblemError('invalid_request', { errors });
}
