/** Tells the merchant when a campaign's budget gets low and when it is used up: once for each, and anew once there is more. */
import type { Budget, Budgets, Cost } from '../domain/vouchers/budget.ts';
import { levelOf } from '../domain/vouchers/budget.ts';
import { narrower } from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Env } from '../env.ts';
import type { Notice } from '../shops/notices.ts';
import type { Database } from '../storage/database.ts';
import { remote } from '../storage/remote.ts';
import { withCaps } from './budgets.ts';
import type { CampaignRecord } from './record.ts';

const GATHER_MS = 20;
const SAFETY_MS = 5_000;
const KINDS = ['redemptions', 'discountMinor', 'ordersMinor'] as const;
const LEVELS = [null, 'low', 'used_up'] as const;

export interface BudgetTellerOf {
  shop: string;
  db: Database;
  budgets: () => Budgets;
  /** What its rules let through in all. */
  bounds: () => Caps | null;
  record: () => CampaignRecord | null;
}

interface Passed {
  kind: keyof Cost;
  /** Its place in `LEVELS`. */
  level: number;
  budget: Budget;
}

export class BudgetTeller {
  readonly #env: Env;
  readonly #of: BudgetTellerOf;
  readonly #told = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(env: Env, of: BudgetTellerOf) {
    this.#env = env;
    this.#of = of;
  }

  /** When to look, whatever became of the timer; null: the merchant knows everything. */
  dueMs(): number | null {
    return this.#passed().length > 0 ? Date.now() + SAFETY_MS : null;
  }

  touch(): void {
    if (this.#timer !== null || this.#passed().length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, GATHER_MS);
  }

  /** false: the merchant could not be told and is to be told again. */
  async flush(): Promise<boolean> {
    try {
      for (const one of this.#passed()) {
        const notice = noticeOf(this.#of.record(), one);
        if (notice !== null) await remote(this.#env.SHOP, `shop:${this.#of.shop}`).keepNotice(notice);
        this.#note(one);
      }
      return true;
    } catch (error) {
      const about = { shop: this.#of.shop, error: String(error) };
      console.error(JSON.stringify({ level: 'error', msg: 'a budget was not told of', ...about }));
      return false;
    }
  }

  /** Budgets that stand at another level than was told last. */
  #passed(): Passed[] {
    const caps = this.#of.record()?.campaign.caps;
    if (caps === undefined) return [];
    const bounds = this.#of.bounds();
    const budgets = withCaps(this.#of.budgets(), bounds === null ? caps : narrower(caps, bounds));
    return KINDS.flatMap((kind) => {
      const budget = budgets[kind];
      if (budget.cap === null && !this.#told.has(kind)) return [];
      const level = LEVELS.indexOf(levelOf(budget));
      return level === this.#levelTold(kind) ? [] : [{ kind, level, budget }];
    });
  }

  #levelTold(kind: string): number {
    const known = this.#told.get(kind);
    if (known !== undefined) return known;
    const row = this.#of.db.one('SELECT seq FROM told WHERE target = ?', `budget:${kind}`);
    const level = Number(row?.seq ?? 0);
    this.#told.set(kind, level);
    return level;
  }

  #note({ kind, level }: Passed): void {
    const sql = 'INSERT INTO told (target, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq';
    this.#of.db.migrate();
    this.#of.db.run(sql, `budget:${kind}`, level);
    this.#told.set(kind, level);
  }
}

/** null: there is room again, which is no news. Its key follows from what happened: told twice it is kept once. */
function noticeOf(record: CampaignRecord | null, { kind, level, budget }: Passed): Notice | null {
  if (record === null || level === 0) return null;
  const { id, name } = record.campaign;
  const { cap, used } = budget;
  const what = level === 2 ? 'campaign.used_up' : 'campaign.budget_low';
  const about = { campaign: id, name, budget: kind, cap, used };
  return { key: `${id}:${kind}:${what}:${cap}`, kind: what, atMs: Date.now(), about };
}
