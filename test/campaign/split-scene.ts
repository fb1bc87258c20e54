/** A budget and its shares with a network between them that delays, loses and doubles, and objects that are killed. */

import { budgetAt } from '../../worker/campaign/budget-at.ts';
import { BudgetObject } from '../../worker/campaign/budget-object.ts';
import type { ReserveCall } from '../../worker/campaign/calls.ts';
import { nameOfShare } from '../../worker/campaign/names.ts';
import { SHARES } from '../../worker/domain/vouchers/budget-shares.ts';
import type { Caps } from '../../worker/domain/vouchers/campaign.ts';
import type { Env } from '../../worker/env.ts';
import { SqliteStorage } from '../storage/sqlite-storage.ts';

export const NO_CAPS: Caps = { redemptions: null, discountMinor: null, ordersMinor: null };
export const CALENDAR = { timeZone: 'UTC', weekStart: 1 };
export const AT_MS = Date.UTC(2026, 4, 4, 12);

/** Says when each call goes on its way, and whether it or its answer is lost. */
export interface Weather {
  wait: () => Promise<void>;
  isLost: () => boolean;
}

interface Life {
  dead: boolean;
}

type Methods = Record<string, (...values: unknown[]) => unknown>;

export class SplitScene {
  readonly name = `campaign:shop:${crypto.randomUUID()}`;
  readonly #stored = new Map<string, SqliteStorage>();
  readonly #live = new Map<string, { object: TestBudget; life: Life }>();
  readonly #outside: Life = { dead: false };
  weather: Weather;
  caps: Caps;
  /** What all of it together may not pass from here on: the cap, or what was given away already when it was lowered. */
  #most = 0;

  constructor(caps: Caps, weather: Weather) {
    this.caps = caps;
    this.weather = weather;
    this.#most = caps.discountMinor ?? Number.POSITIVE_INFINITY;
  }

  change(caps: Caps): void {
    this.caps = caps;
    this.#most = Math.max(caps.discountMinor ?? Number.POSITIVE_INFINITY, this.#total());
  }

  /** As callers reach it. */
  get budget() {
    return budgetAt(this.#envOf(this.#outside), this.name);
  }

  get root(): TestBudget {
    return this.#object(this.name);
  }

  get shares(): TestBudget[] {
    return Array.from({ length: SHARES }, (_, at) => this.#object(nameOfShare(this.name, at)));
  }

  /** What it was doing is never done; what it had written stays. */
  kill(name: string): void {
    const found = this.#live.get(name);
    if (found !== undefined) found.life.dead = true;
    this.#live.delete(name);
  }

  get names(): string[] {
    return [this.name, ...Array.from({ length: SHARES }, (_, at) => nameOfShare(this.name, at))];
  }

  /** By the rows of all objects, after every call that came through. */
  #watch(): void {
    const total = this.#total();
    if (total > this.#most) throw new Error(`the cap was passed: ${total} of ${this.#most}`);
    this.#most = Math.max(this.caps.discountMinor ?? Number.POSITIVE_INFINITY, total);
  }

  #total(): number {
    const all = [this.root, ...this.shares].map((one) => one.standing());
    return all.reduce((total, { used, held }) => total + used.discountMinor + held.discountMinor, 0);
  }

  #object(name: string): TestBudget {
    const known = this.#live.get(name);
    if (known !== undefined) return known.object;
    const storage = this.#stored.get(name) ?? new SqliteStorage();
    this.#stored.set(name, storage);
    const life = { dead: false };
    const ctx = { id: { name }, storage } as unknown as DurableObjectState;
    const object = new TestBudget(ctx, this.#envOf(life), this);
    this.#live.set(name, { object, life });
    return object;
  }

  #envOf(caller: Life): Env {
    const namespace = { idFromName: (name: string) => name, get: (name: string) => this.#stub(name, caller) };
    return { CAMPAIGN: namespace } as unknown as Env;
  }

  #stub(name: string, caller: Life): unknown {
    const call = async (method: string, values: unknown[]) => {
      await this.#onItsWay(caller);
      const target = this.#object(name) as unknown as Methods;
      const answer = await target[method]?.(...structuredClone(values));
      this.#watch();
      await this.#onItsWay(caller);
      return structuredClone(answer);
    };
    return new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...values: unknown[]) =>
            call(String(method), values),
      },
    );
  }

  async #onItsWay(caller: Life): Promise<void> {
    await this.weather.wait();
    if (caller.dead) throw new Error('killed');
    if (this.weather.isLost()) throw new Error('lost');
  }
}

export class TestBudget extends BudgetObject {
  readonly #scene: SplitScene;

  constructor(ctx: DurableObjectState, env: Env, scene: SplitScene) {
    super(ctx, env);
    this.#scene = scene;
  }

  changeCaps(caps: Caps): Promise<void> {
    return this.alone(() => this.#scene.change(caps));
  }

  protected override caps(): Caps {
    return this.#scene.caps;
  }

  protected override spending(): void {}
}

export function reserving(op: string, discountMinor: number, more: Partial<ReserveCall> = {}): ReserveCall {
  return {
    op,
    by: 1,
    cost: { redemptions: 1, discountMinor, ordersMinor: 0 },
    customer: null,
    atMs: AT_MS,
    calendar: CALENDAR,
    counts: [],
    caps: null,
    coordinator: { kind: 'codes', object: 'codes:shop:0:0', op, fingerprint: 'f', place: 0 },
    ...more,
  };
}
