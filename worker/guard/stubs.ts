/** Which Guard counts a subject, and by which name: a keyed hash, so that the object keeps no address and no identifier. */
import type { Env } from '../env.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import { remote } from '../storage/remote.ts';

const GUARDS = 8;

export function guardOf(env: Env, shop: string, subject: string) {
  const name = codeMakerOf(env.ROOT_SECRET, shop).nameFor(`guard:${subject}`);
  const n = (name.codePointAt(0) ?? 0) % GUARDS;
  return { guard: remote(env.GUARD, `guard:${shop}:${n}`), name };
}
