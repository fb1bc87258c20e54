/** Where a shop's jobs are, and how a retried start finds the job of the first. */
import type { Env } from '../env.ts';
import { randomText, sha256Hex } from '../shops/crypto.ts';
import { remote } from '../storage/remote.ts';

export function jobsOf(env: Env, shop: string) {
  return remote(env.JOBS, `jobs:${shop}`);
}

/** A job's id; the same `seed` (the request's, with its Idempotency-Key) always makes the same one. null: random. */
export async function newJobId(shop: string, seed: string | null): Promise<string> {
  return `job_${seed === null ? randomText(24) : (await sha256Hex(`${shop} ${seed}`)).slice(0, 24)}`;
}
