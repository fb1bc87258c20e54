/**
 * The Guard object: exact counts of what subjects do (guess codes, refer friends), by a keyed hash of who they are. What a
 * count means is decided by whoever asks; that wrong guesses are bounded, here.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { shopOf } from '../shops/cache.ts';
import type { Notice } from '../shops/notices.ts';
import { Marks } from './marks.ts';
import { type Turn, Turns } from './turns.ts';

/** So many wrong guesses a subject has within the window; the next is turned away. */
export const MOST_MISSES = 10;
export const MISSES_WINDOW_MS = 15 * 60_000;
/** From many addresses, this many misses that one Guard sees within the window are worth a word. */
const MANY_MISSES = 200;
const SWEEP_MS = 3_600_000;

export interface Counted {
  /** Within the window, this one included. */
  count: number;
  /** The oldest of them; when it leaves the window there is one less. */
  oldestMs: number;
}

export class Guard extends DurableObject<Env> {
  readonly #marks: Marks;
  readonly #turns = new Turns();
  /** Instants of the latest misses of everybody. */
  #misses: number[] = [];
  #armed: boolean | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#marks = new Marks(ctx.storage);
  }

  get rowsWritten(): number {
    return this.#marks.rowsWritten;
  }

  /** Counts one more at `nowMs`; the same operation again counts once. Each window of a subject is a count of its own. */
  async count(subject: string, mark: { windowMs: number; op: string | null; nowMs: number }): Promise<Counted> {
    const { windowMs, op, nowMs } = mark;
    const marks = this.#marks.add(`${subject} ${windowMs}`, [nowMs, op], windowMs);
    await this.#arm();
    return { count: marks.length, oldestMs: marks[0]?.[0] ?? nowMs };
  }

  /** A subject wants to look for a code: a token to leave with, or how long to wait. */
  enter(subject: string): Promise<Turn> {
    return this.#turns.take(subject, () => this.#room(subject));
  }

  /** It has looked. What it found costs nothing; what it did not is kept for the window. */
  async leave(subject: string, token: string, found: boolean): Promise<void> {
    try {
      if (!found) await this.#miss(subject);
    } finally {
      this.#turns.end(subject, token);
    }
  }

  /** Takes away what nobody asks any more. */
  override async alarm(): Promise<void> {
    this.#armed = false;
    if (this.#marks.sweep(Date.now())) await this.#arm();
  }

  #room(subject: string): { free: number; retryAfterMs: number } {
    const now = Date.now();
    const misses = this.#marks.since(subject, now - MISSES_WINDOW_MS);
    // the first of the last ten has to leave the window
    const first = misses.at(-MOST_MISSES)?.[0];
    return {
      free: MOST_MISSES - misses.length,
      retryAfterMs: first === undefined ? 0 : first + MISSES_WINDOW_MS - now,
    };
  }

  async #miss(subject: string): Promise<void> {
    const now = Date.now();
    const misses = this.#marks.add(subject, [now, null], MISSES_WINDOW_MS);
    this.#misses = [...this.#misses.filter((atMs) => atMs > now - MISSES_WINDOW_MS), now].slice(-MANY_MISSES);
    const period = Math.floor(now / MISSES_WINDOW_MS);
    const about = { misses: misses.length, withinMs: MISSES_WINDOW_MS };
    if (misses.length === MOST_MISSES)
      this.#tell({ key: `guessed:${subject}:${period}`, kind: 'codes.guessed', atMs: now, about });
    if (this.#misses.length === MANY_MISSES)
      this.#tell({ key: `widely:${this.ctx.id.name}:${period}`, kind: 'codes.guessed_widely', atMs: now, about });
    await this.#arm();
  }

  /** Best effort: the guess is refused whether or not the merchant hears of it. */
  #tell(notice: Notice): void {
    const shop = (this.ctx.id.name ?? '').split(':')[1] ?? '';
    const told = shopOf(this.env, shop)
      .keepNotice(notice)
      .catch((error) =>
        console.error(JSON.stringify({ level: 'error', msg: 'a notice was lost', shop, error: String(error) })),
      );
    this.ctx.waitUntil(told);
  }

  async #arm(): Promise<void> {
    if (this.#armed === true) return;
    this.#armed = true;
    const at = await this.ctx.storage.getAlarm();
    if (at === null || at < Date.now() - SWEEP_MS) await this.ctx.storage.setAlarm(Date.now() + SWEEP_MS);
  }
}
