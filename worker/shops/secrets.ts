/** Opens the secrets a shop has stored, the newest first, with the one a rotation still allows. */
import type { Env } from '../env.ts';
import { seal, unseal } from './crypto.ts';
import type { ShopSnapshot, StoredSecret } from './settings.ts';

/** What a sealed secret is bound to; a value moved to another shop or name does not open. */
function placeOf(shop: string, name: string): string {
  return `${shop}|secret|${name}`;
}

export async function sealSecret(env: Env, shop: string, name: string, plain: string): Promise<string> {
  return seal(env.ROOT_SECRET, placeOf(shop, name), plain);
}

/** The plain secrets under `name` that are good now: the current one, then the one before while it overlaps. */
export async function secretsNamed(env: Env, shop: ShopSnapshot, name: string): Promise<string[]> {
  const now = Date.now();
  const good = (secret: StoredSecret) => secret.endsAtMs === null || secret.endsAtMs > now;
  const named = [name, `${name}:old`].flatMap((one) =>
    shop.secrets.filter((secret) => secret.name === one && good(secret)),
  );
  return Promise.all(named.map((secret) => unseal(env.ROOT_SECRET, placeOf(shop.id, name), secret.sealed)));
}
