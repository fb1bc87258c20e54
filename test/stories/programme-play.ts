/** Does to the shop what the model did, moment by moment: events in one batch, operations beside each other, some of it twice. */
import { expect } from 'vitest';
import type { StoryShop } from './client.ts';
import type { Act, Player } from './programme-acts.ts';
import * as product from './programme-shop.ts';

export interface Doing {
  player: Player;
  acts: Act[];
}

type Operation = Extract<Act, { done: boolean }>;

interface Request {
  path: string;
  body: object;
  key: string;
  /** Of one that is not to be done. */
  refusal: string;
}

export class Performance {
  readonly #shop: StoryShop;
  readonly #random: () => number;
  /** What the shop has to have heard of each referral: it is told from one object to another. */
  readonly #heard = new Map<Player, string>();
  counts = { messages: 0, operations: 0 };

  constructor(shop: StoryShop, random: () => number) {
    this.#shop = shop;
    this.#random = random;
  }

  async moment(atMs: number, doings: Doing[]): Promise<void> {
    const batch = doings.flatMap(({ player, acts }) => acts.flatMap((act) => messagesOf(player, act, atMs)));
    const again = batch.filter(() => this.#random() < 0.1);
    this.counts.messages += batch.length + again.length;
    await product.send(this.#shop, [...batch, ...again]);
    await Promise.all(doings.map(({ player, acts }) => this.#operations(player, acts)));
    await this.#settled(doings.map(({ player }) => player));
  }

  async #operations(player: Player, acts: Act[]): Promise<void> {
    for (const act of acts) {
      if (act.kind === 'claim') await product.claim(this.#shop, act.by.person, player.person);
      if ('done' in act) await this.#operate(player, act);
    }
  }

  async #operate({ person }: Player, act: Operation): Promise<void> {
    const { path, body, key, refusal } = requestOf(act);
    for (let times = this.#random() < 0.2 ? 2 : 1; times > 0; times -= 1) {
      this.counts.operations += 1;
      const url = `/admin/v1/customers/user:${person.user}/${path}`;
      const answer = await this.#shop.admin('POST', url, body, { 'Idempotency-Key': key });
      const { key: problem = null, voucher, code } = answer.body;
      expect([key, answer.status === 200, problem]).toEqual([key, act.done, act.done ? null : refusal]);
      if (act.kind === 'spend' && act.done) act.voucher.names = { voucher, code };
    }
  }

  /** Waits for what the objects of two customers tell each other. */
  async #settled(players: Player[]): Promise<void> {
    for (const player of players) {
      const { referral, person } = player;
      if (referral === null || (this.#heard.get(player) ?? 'pending') === referral.status) continue;
      const by = players.find(({ life }) => life === referral.referrer);
      if (by !== undefined) await product.heard(this.#shop, { by: by.person, friend: person }, referral.status);
      this.#heard.set(player, referral.status);
    }
  }
}

function messagesOf({ person }: Player, act: Act, atMs: number): product.Message[] {
  switch (act.kind) {
    case 'join':
      return product.joined(person);
    case 'survey':
      return [product.surveyed(person, `q-${atMs}-${person.user}`)];
    case 'birthday':
      return [product.bornOn(person, act, `d-${atMs}-${person.user}`)];
    case 'order':
      return [
        product.ordered(person, act.bought, { goodsMinor: act.goodsMinor, code: act.voucher?.names?.code ?? null }),
      ];
    case 'back':
      return [product.sentBack(person, act.bought, act.back)];
    default:
      return [];
  }
}

function requestOf(act: Operation): Request {
  switch (act.kind) {
    case 'spend':
      return { path: 'rewards/five/redeem', body: {}, key: `spend-${act.voucher.id}`, refusal: 'insufficient_points' };
    case 'undo': {
      const { id, names } = act.voucher;
      const path = `vouchers/${names?.voucher}/undo`;
      return { path, body: {}, key: `undo-${act.name}-${id}`, refusal: 'reward_kept' };
    }
    case 'adjust': {
      const body = { points: act.points, reason: 'by hand', allowDebt: act.owe, countsTowardTier: act.count };
      return { path: 'points', body, key: `adjust-${act.name}`, refusal: 'insufficient_points' };
    }
  }
}
