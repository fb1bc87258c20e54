/** Makes a reward's code in the connected shop, where the shop's own checkout has to know it. */
import type { OpenErrand } from '../domain/errand.ts';
import { type JsonObject, textOf } from '../domain/json.ts';
import type { Env } from '../env.ts';
import type { AskingShop } from './asking.ts';

export interface WantedCode {
  /** Names it for ever: asked again, the shop makes no second one. */
  op: string;
  code: string;
  /** The reward's id. */
  reward: string;
  voucher: string;
}

/** `issued: false`: it never will be. Whatever may go well later is thrown, and asked again. */
export type ShopAnswer = { issued: true } | { issued: false; reason: string };

export interface ShopIssuer {
  issue(env: Env, shop: string, wanted: WantedCode): Promise<ShopAnswer>;
}

/** As long as no shop is connected that has codes of its own: everything is made at once. */
export const unconnected: ShopIssuer = { issue: async () => ({ issued: true }) };

export function issueInShop(issuer: ShopIssuer) {
  return async (env: Env, shop: AskingShop, { op, body }: OpenErrand): Promise<JsonObject> => {
    const named = { code: textOf(body, 'code') ?? '', reward: textOf(body, 'reward') ?? '' };
    const answer = await issuer.issue(env, shop.id, { op, ...named, voucher: textOf(body, 'voucher') ?? '' });
    return { ...answer };
  };
}
