/** Ids of segments, lists, distributions and connections. */
import { randomText, sha256Hex } from '../shops/crypto.ts';

const LENGTH = 20;

/** A new id; the same `seed` (the request's, with its Idempotency-Key) always makes the same one. null: random. */
export async function newGroupId(
  kind: 'seg' | 'lst' | 'dst' | 'con',
  shop: string,
  seed: string | null,
): Promise<string> {
  return `${kind}_${seed === null ? randomText(LENGTH) : (await sha256Hex(`${shop} ${seed}`)).slice(0, LENGTH)}`;
}
