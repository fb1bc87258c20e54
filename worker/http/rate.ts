/** A token bucket per key in the isolate's memory: approximate by nature, and cheaper than asking anyone. */
const buckets = new Map<string, { tokens: number; at: number }>();
const MOST_BUCKETS = 10_000;

/**
 * Seconds to wait before `name` may go on, or 0. The bucket holds two seconds' worth, at least one. What costs more than
 * the bucket holds passes where it is full, and is paid off afterwards.
 */
export function waitSeconds(name: string, perSecond: number, now: number, cost = 1): number {
  const size = Math.max(1, perSecond * 2);
  const bucket = buckets.get(name) ?? { tokens: size, at: now };
  const tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  const needed = Math.min(cost, size);
  const allowed = tokens >= needed;
  if (buckets.size >= MOST_BUCKETS) buckets.clear();
  buckets.set(name, { tokens: allowed ? tokens - cost : tokens, at: now });
  return allowed ? 0 : Math.max(1, Math.ceil((needed - tokens) / perSecond));
}
