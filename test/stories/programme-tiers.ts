/** Tiers by hand: everything that counts is summed anew whenever somebody asks. The story's model; knows nothing of the product. */
import { dateOf, daysBefore, midnight, monthsLater } from './programme-calendar.ts';
import type { TierRules } from './programme-rules.ts';

export interface Count {
  atMs: number;
  amount: number;
}

interface Period {
  /** What it is held for counts after this instant, and up to `sinceMs`. */
  baseMs: number;
  /** What keeps it counts after this instant. */
  sinceMs: number;
  fromMs: number;
  endMs: number;
  granted?: boolean;
  late?: boolean;
  lostAtMs?: number;
}

export interface TierTold {
  name: string;
  atMs: number;
  points: number;
  about: unknown[];
}

const FOR_EVER = Number.POSITIVE_INFINITY;

export class TierModel {
  readonly #rules: TierRules;
  readonly #counts: () => Count[];
  rank = -1;
  #period: Period | null = null;
  #keptMs = 0;
  #warnedMs = 0;
  #settledMs = 0;
  readonly #paidUntil = new Map<string, number>();
  /** Gives the points of an entry, and writes down what is told. */
  readonly #tell: (told: TierTold) => void;

  /** Whether the shop can name them: a tier that asks for nothing is for such customers. */
  isKnown = false;

  constructor(rules: TierRules, counts: () => Count[], tell: (told: TierTold) => void) {
    this.#rules = rules;
    this.#counts = counts;
    this.#tell = tell;
  }

  get id(): string | null {
    return this.#rules.tiers[this.rank]?.id ?? null;
  }

  get #threshold(): number {
    return this.#rules.tiers[this.rank]?.threshold ?? 0;
  }

  get #isRolling(): boolean {
    return this.#rules.window === 'rolling_year';
  }

  /** Instants after the first and up to the second one. */
  #sum(fromMs: number, toMs: number): number {
    const inside = this.#counts().filter(({ atMs }) => atMs > fromMs && atMs <= toMs);
    return inside.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** The last instant that lies out of twelve months: the end of the same day a year before. */
  #yearBefore(atMs: number): number {
    const { year, month, day } = monthsLater(dateOf(atMs), -12);
    return midnight(year, month, day + 1) - 1;
  }

  value(atMs: number): number {
    if (this.#isRolling) return Math.max(0, this.#sum(this.#yearBefore(atMs), atMs));
    const { year } = dateOf(atMs);
    return Math.max(0, this.#sum(midnight(year - 1, 1, 1) - 1, midnight(year, 1, 1) - 1), this.progress(atMs));
  }

  progress(atMs: number): number {
    if (this.#isRolling) return this.value(atMs);
    return Math.max(0, this.#sum(midnight(dateOf(atMs).year, 1, 1) - 1, atMs));
  }

  /** The calendar's years are everybody's, whoever holds a tier in them or not. */
  #roll(atMs: number): void {
    if (!this.#isRolling && this.#period === null) this.#period = yearOf(atMs);
    while (this.#period !== null && this.#period.endMs <= atMs) {
      const { sinceMs, endMs, lostAtMs } = this.#period;
      const isKept = this.#threshold === 0 || this.#sum(sinceMs, endMs - 1) >= this.#threshold;
      const lost = isKept ? {} : { lostAtMs: lostAtMs ?? this.#lossOf(endMs) };
      this.#period = { baseMs: sinceMs, sinceMs: endMs - 1, fromMs: endMs, endMs: yearOn(endMs), ...lost };
    }
  }

  #lossOf(endMs: number): number {
    const { year, month, day } = dateOf(endMs);
    return midnight(year, month, day + this.#rules.graceDays);
  }

  #since({ sinceMs }: Period, atMs: number): number {
    return this.#sum(sinceMs, atMs);
  }

  #base({ baseMs, sinceMs }: Period): number {
    return this.#sum(baseMs, sinceMs);
  }

  /** Until when the tier is held, when it is lost then, and what is missing for keeping it. */
  #keeping(atMs: number): { endMs: number; lostAtMs: number; missing: number } | null {
    const period = this.#period;
    if (this.rank < 0 || this.#threshold === 0 || period === null) return null;
    const sum = this.#since(period, atMs);
    if (period.lostAtMs !== undefined) {
      const missing = Math.max(0, this.#threshold - this.#base(period) - sum);
      return { endMs: period.fromMs, lostAtMs: period.lostAtMs, missing };
    }
    const missing = Math.max(0, this.#threshold - sum);
    const endMs = missing === 0 ? yearOn(period.endMs) : period.endMs;
    return { endMs, lostAtMs: this.#lossOf(endMs), missing };
  }

  #held(atMs: number): number {
    const period = this.#period;
    if (period === null) return this.value(atMs);
    const [base, sum] = [this.#base(period), this.#since(period, atMs)];
    return Math.max(this.value(atMs), base, sum, period.late === true ? base + sum : 0);
  }

  #rankOf(value: number): number {
    const rank = this.#rules.tiers.findLastIndex(({ threshold }) => threshold <= value);
    return this.isKnown || (this.#rules.tiers[rank]?.threshold ?? 0) > 0 ? rank : -1;
  }

  /** Something was counted, or time went by. `less`: something counts for less than before. */
  settle(atMs: number, { less }: { less: boolean }): void {
    this.#settledMs = atMs;
    this.#roll(atMs);
    const from = this.rank;
    const top = this.#rankOf(this.value(atMs));
    if (top > this.rank) this.#enter(from, top, atMs);
    else if (this.rank >= 0) this.#hold(atMs, less && this.#rules.onRefund === 'at_once');
    this.#warn(atMs);
  }

  #enter(from: number, top: number, atMs: number): void {
    this.rank = top;
    if (this.#isRolling) {
      this.#period = this.#threshold > 0 ? this.#twelveMonths(atMs) : null;
      this.#keptMs = 0;
    } else {
      this.#period = bare(this.#period ?? yearOf(atMs));
      this.#keptMs = this.#since(this.#period, atMs) >= this.#threshold ? this.#period.endMs : 0;
    }
    this.#warnedMs = 0;
    const passed = this.#rules.tiers.slice(from + 1, top + 1);
    const given = this.#rules.entryRewards === 'each_passed' ? passed : passed.slice(-1);
    const fresh = given.filter(({ id, entry }) => entry !== null && (this.#paidUntil.get(id) ?? 0) <= atMs);
    const untilMs = this.#keeping(atMs)?.endMs ?? FOR_EVER;
    for (const { id } of fresh) this.#paidUntil.set(id, untilMs);
    const points = fresh.reduce((sum, { entry }) => sum + (entry?.points ?? 0), 0);
    this.#say('VIP Tier Achieved', { atMs, points, from });
  }

  #hold(atMs: number, mayFall: boolean): void {
    const period = this.#period;
    if (period?.lostAtMs !== undefined) this.#inGrace(period, period.lostAtMs, atMs);
    else if (mayFall && period?.granted !== true && this.#held(atMs) < this.#threshold) {
      const endMs = period?.endMs ?? 0;
      for (const [id, untilMs] of this.#paidUntil) this.#paidUntil.set(id, Math.max(untilMs, endMs));
      this.#fall(this.#rankOf(this.#held(atMs)), atMs, true);
    } else if (period !== null && this.#keeping(atMs)?.missing === 0 && this.#keptMs !== period.endMs) {
      this.#keptMs = period.endMs;
      this.#say('VIP Tier Kept', { atMs, points: 0, from: this.rank });
    }
  }

  #inGrace(period: Period, lostAtMs: number, atMs: number): void {
    if (this.#base(period) + this.#since(period, atMs) >= this.#threshold) {
      const { lostAtMs: _, ...rest } = period;
      this.#period = { ...rest, late: true };
      this.#say('VIP Tier Kept', { atMs, points: 0, from: this.rank });
    } else if (lostAtMs <= atMs) {
      const top = this.#rankOf(this.value(atMs));
      this.#fall(this.#rules.demotion === 'one_down' ? Math.max(this.rank - 1, top) : top, atMs, false);
    }
  }

  /** `soon`: within the time that the tier was held for, which goes on for the lower one. */
  #fall(rank: number, atMs: number, soon: boolean): void {
    const from = this.rank;
    this.rank = rank;
    this.#keptMs = 0;
    this.#warnedMs = 0;
    const isHeld = rank >= 0 && this.#threshold > 0;
    if (!this.#isRolling) this.#period = bare(this.#period ?? yearOf(atMs));
    else if (!isHeld) this.#period = null;
    else if (!soon) this.#period = this.#twelveMonths(atMs);
    if (isHeld && this.#period !== null && this.#held(atMs) < this.#threshold) this.#period.granted = true;
    // that the lower one is kept already is told with the loss
    if (isHeld && this.#period !== null && this.#since(this.#period, atMs) >= this.#threshold)
      this.#keptMs = this.#period.endMs;
    this.#say('VIP Tier Lost', { atMs, points: 0, from });
  }

  /** What it is entered by does not count for keeping it. */
  #twelveMonths(atMs: number): Period {
    return { baseMs: this.#yearBefore(atMs), sinceMs: atMs, fromMs: atMs, endMs: yearOn(atMs + 1) };
  }

  #noticeMs(atMs: number): number | null {
    const keeping = this.#keeping(atMs);
    if (keeping === null || this.#warnedMs === keeping.endMs) return null;
    return daysBefore(keeping.endMs, this.#rules.noticeDays);
  }

  #warn(atMs: number): void {
    const noticeMs = this.#noticeMs(atMs);
    if (noticeMs === null || noticeMs > atMs) return;
    this.#warnedMs = this.#keeping(atMs)?.endMs ?? 0;
    this.#say('VIP Tier Expiring', { atMs, points: 0, from: this.rank });
  }

  /** When time alone does something next; null: never. */
  dueMs(nowMs: number): number | null {
    const lostAtMs = this.#keeping(nowMs)?.lostAtMs ?? null;
    // what counted in a period is settled at its end, whatever goes back later
    const own = [lostAtMs, this.#noticeMs(nowMs), this.#period?.endMs ?? null];
    const dues = [...own, this.#risesMs].filter((at) => at !== null);
    return dues.length === 0 ? null : Math.min(...dues);
  }

  /** What was taken leaves the twelve months too, and whoever it kept down rises. */
  get #risesMs(): number | null {
    if (!this.#isRolling) return null;
    const out = this.#counts().flatMap(({ atMs, amount }) => {
      const { year, month, day } = dateOf(atMs);
      const leavesMs = midnight(year + 1, month, day);
      return amount < 0 && leavesMs > this.#settledMs ? [leavesMs] : [];
    });
    return out.length === 0 ? null : Math.min(...out);
  }

  #say(name: string, { atMs, points, from }: { atMs: number; points: number; from: number }): void {
    const keeping = this.#keeping(atMs);
    const next = this.#rules.tiers[this.rank + 1];
    const progress = this.progress(atMs);
    const about = [
      this.#rules.tiers[from]?.id ?? null,
      this.id,
      progress,
      next === undefined ? null : Math.max(0, next.threshold - progress),
      keeping === null ? null : new Date(keeping.endMs - 1).toISOString(),
      keeping === null || keeping.missing === 0 ? null : keeping.missing,
    ];
    this.#tell({ name, atMs, points, about });
  }
}

/** Without what was said of the tier that was held in it before. */
function bare({ baseMs, sinceMs, fromMs, endMs }: Period): Period {
  return { baseMs, sinceMs, fromMs, endMs };
}

function yearOf(atMs: number): Period {
  const { year } = dateOf(atMs);
  const fromMs = midnight(year, 1, 1);
  return { baseMs: midnight(year - 1, 1, 1) - 1, sinceMs: fromMs - 1, fromMs, endMs: midnight(year + 1, 1, 1) };
}

/** The end of twelve months that begin with an instant (exclusive): the end of the same day a year later. */
function yearOn(fromMs: number): number {
  const { year, month, day } = monthsLater(dateOf(fromMs - 1), 12);
  return midnight(year, month, day + 1);
}
