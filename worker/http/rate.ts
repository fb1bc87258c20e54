/** A token bucket per key in the isolate's memory: approximate by nature, and cheaper than asking anyone. */
const buckets = new Map<string, { tokens: number; at: number }>();
const MOST_BUCKETS = 10_000;

/** Seconds to wait before `name` may go on, or 0. The bucket holds two seconds' worth, at least one. */
export function waitSeconds(name: string, perSecond: number, now: number): number {
  const size = Math.max(1, perSecond * 2);
  const bucket = buckets.get(name) ?? { tokens: size, at: now };
  const tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
  const allowed = tokens >= 1;
  if (buckets.size >= MOST_BUCKETS) buckets.clear();
  buckets.set(name, { tokens: allowed ? tokens - 1 : tokens, at: now });
  return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
}
