/**
 * Who of one subject may look now. Those under way count as if they had missed, so that however many come at once, no more
 * than the limit ever miss; others wait for them a moment instead of being refused, for most of them find what they look for.
 */

/** One whose caller died is over after this long. */
const TURN_MS = 10_000;
const LONGEST_WAIT_MS = 2_000;
const MOST_WAITING = 200;

export type Turn = { token: string } | { retryAfterMs: number };

interface Line {
  /** Token -> when it is over. */
  underWay: Map<string, number>;
  waiting: Set<() => void>;
}

export class Turns {
  readonly #lines = new Map<string, Line>();

  /** `room`: how many more may miss now, or how long nobody may look. Asked again whenever one has left. */
  async take(subject: string, room: () => { free: number; retryAfterMs: number }): Promise<Turn> {
    const untilMs = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const { free, retryAfterMs } = room();
      if (free <= 0) return { retryAfterMs };
      const line = this.#line(subject);
      if (line.underWay.size < free) {
        const token = crypto.randomUUID();
        line.underWay.set(token, Date.now() + TURN_MS);
        return { token };
      }
      const restMs = untilMs - Date.now();
      if (restMs <= 0 || line.waiting.size >= MOST_WAITING) return { retryAfterMs: 1_000 };
      await nextOf(line, restMs);
    }
  }

  /** The one with this token has looked. */
  end(subject: string, token: string): void {
    const line = this.#line(subject);
    line.underWay.delete(token);
    const { waiting } = line;
    line.waiting = new Set();
    for (const wake of waiting) wake();
    if (line.underWay.size === 0 && waiting.size === 0) this.#lines.delete(subject);
  }

  #line(subject: string): Line {
    const known = this.#lines.get(subject) ?? { underWay: new Map<string, number>(), waiting: new Set<() => void>() };
    const now = Date.now();
    for (const [token, overMs] of known.underWay) if (overMs <= now) known.underWay.delete(token);
    this.#lines.set(subject, known);
    return known;
  }
}

function nextOf(line: Line, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(wake, withinMs);
    function wake(): void {
      clearTimeout(timer);
      line.waiting.delete(wake);
      resolve();
    }
    line.waiting.add(wake);
  });
}
