/** Whether something holds at an instant, and until when that stays so by itself. */

export interface Truth {
  holds: boolean;
  /** The earliest later instant at which `holds` may change while nothing new is learned; `FOREVER` where it never does. */
  nextMs: number;
  /** Nobody looked further than `nextMs`: `holds` may stay as it is even then. */
  isCut?: true;
}

export const FOREVER = Number.POSITIVE_INFINITY;

/** What takes long to ask is not searched further ahead than this: what returns every year and changes nothing would be, for decades. */
export const FORESIGHT_MS = 400 * 86_400_000;

export function always(holds: boolean): Truth {
  return { holds, nextMs: FOREVER };
}

/** Holds from `inMs` on and before `outMs`. */
export function between(inMs: number, outMs: number, nowMs: number): Truth {
  if (inMs >= outMs) return always(false);
  if (nowMs < inMs) return { holds: false, nextMs: inMs };
  return nowMs < outMs ? { holds: true, nextMs: outMs } : always(false);
}

export function not({ holds, nextMs }: Truth): Truth {
  return { holds: !holds, nextMs };
}

/** Holds while all of them do. A false one keeps it false until its own next change. */
export function allOf(truths: readonly Truth[]): Truth {
  const failing = truths.filter((one) => !one.holds);
  if (failing.length > 0) return { holds: false, nextMs: Math.max(...failing.map((one) => one.nextMs)) };
  return { holds: true, nextMs: truths.reduce((least, one) => Math.min(least, one.nextMs), FOREVER) };
}

/** Holds while any of them does. */
export function anyOf(truths: readonly Truth[]): Truth {
  return not(allOf(truths.map(not)));
}
