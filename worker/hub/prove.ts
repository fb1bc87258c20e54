/** Opens the secrets a proof is held against, and turns the one way it can fail into a problem. */
import type { Env } from '../env.ts';
import { secretsNamed } from '../shops/secrets.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import type { Proof } from '../wire/hub.ts';
import { ProblemError } from '../wire/problem.ts';
import { proveByAppProxy } from './app-proxy.ts';
import { type IdentityKey, proveByToken } from './merchant-jwt.ts';
import { detailOf, type Proved, type Shopper } from './proof.ts';

/** The shopper behind a proof; null for a guest, as is a page that brings none. Throws `invalid_proof`. */
export async function shopperOf(env: Env, shop: ShopSnapshot, proof: Proof | null): Promise<Shopper | null> {
  if (proof === null) return null;
  const proved = await prove(env, shop, proof);
  if (proved.kind === 'refused') throw new ProblemError('invalid_proof', { detail: detailOf(proved.refusal) });
  return proved.kind === 'guest' ? null : proved.shopper;
}

async function prove(env: Env, shop: ShopSnapshot, proof: Proof): Promise<Proved> {
  const nowMs = Date.now();
  switch (proof.kind) {
    case 'merchant_jwt':
      return proveByToken(proof.token, { shop: shop.id, keyOf: (kid) => identityKey(env, shop, kid), nowMs });
    case 'shopify_proxy': {
      const secrets = await secretsNamed(env, shop, 'shopify');
      return proveByAppProxy(proof.query, { domain: shop.settings.shopify?.domain ?? null, secrets, nowMs });
    }
  }
}

/**
 * The identity key as it stands. One that a rotation left behind is not used: its algorithm may differ, and a public key
 * taken for a shared secret would let anyone sign. Keys rotate by making a second one.
 */
async function identityKey(env: Env, shop: ShopSnapshot, kid: string): Promise<IdentityKey | null> {
  const name = `identity:${kid}`;
  const current = shop.secrets.find((secret) => secret.name === name);
  if (current?.about.algorithm === undefined) return null;
  const [secret] = await secretsNamed(env, { ...shop, secrets: [current] }, name);
  return secret === undefined ? null : { algorithm: current.about.algorithm, secret };
}
