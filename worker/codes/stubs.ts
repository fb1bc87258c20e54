/** The objects of codes by their names. */
import type { Env } from '../env.ts';
import { remote } from '../storage/remote.ts';

/** `object`: as `routeOf` names it. */
export function codesAt(env: Env, object: string) {
  return remote(env.CODES, object);
}
