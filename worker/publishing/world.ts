/** What every call on vouchers is told: whose shop, who asks, about which order. */
import type { JsonObject } from '../domain/json.ts';
import type { Cart } from '../domain/vouchers/cart.ts';
import type { Facts } from '../domain/vouchers/facts.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Redemption, Voucher } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import type { ShopSnapshot } from '../shops/settings.ts';

export interface World {
  env: Env;
  shop: ShopSnapshot;
  /** What time it is in a test shop; null in a live one, whose objects look at their own clock. */
  clockMs: number | null;
  /** Goes on after the answer; whatever becomes of it, objects end by themselves what it was to end. */
  later: (work: Promise<unknown>) => void;
  /** How long a write waits for D1's copy; 0: not at all. */
  waitMs: number;
}

/** Names a write for ever: the same key again gets the first answer, with another fingerprint it is refused. */
export interface Named {
  /** Of the shop: an Idempotency-Key, or something new. */
  key: string;
  /** SHA-256 of the request. */
  fingerprint: string;
}

export interface Asking {
  /** Our id of the customer who is named; null: nobody is. */
  customer: string | null;
  cart: Cart | null;
  /** Of the caller's own locks. */
  lockKey: string | null;
  channel: string | null;
  metadata: JsonObject;
  caller: Facts['caller'];
}

/** As `Asking.customer` of what is only looked at: somebody is named whom nobody knows yet. No customer has this id. */
export const NEWCOMER = 'newcomer';

export interface Redeemable {
  code: string;
  /** Of a gift card: what is to be spent; null: as much as there is, up to the total. */
  creditsMinor: number | null;
}

export type RedeemResult =
  | {
      state: 'redeemed';
      duplicate: boolean;
      /** Of a stack: the `r_…` that all of it hangs from. */
      parent: string | null;
      redemptions: Redemption[];
      /** As they are now, those that are known. */
      vouchers: Voucher[];
    }
  /** `voucher` null: there is no such code, or it is a stack. `failed`: the record of the attempt. */
  | { state: 'refused'; duplicate: boolean; refused: Refused; failed: Redemption | null; voucher: Voucher | null }
  | { state: 'mismatch' };

export function nowOf({ clockMs }: World): number {
  return clockMs ?? Date.now();
}

/** 20 characters that follow from a request; `what`: of its several steps. */
export function nameOf({ env, shop }: World, what: string, { key }: Pick<Named, 'key'>): string {
  return codeMakerOf(env.ROOT_SECRET, shop.id).nameFor(`${what}:${key}`);
}

/** Awaits what objects end by themselves anyway, and tells of a failure where logs are read. */
export function inBackground({ later, shop }: World, work: Promise<unknown>): void {
  later(
    work.catch((error) => {
      const about = { shop: shop.id, error: String(error) };
      console.error(JSON.stringify({ level: 'error', msg: 'left to be ended by an alarm', ...about }));
    }),
  );
}
