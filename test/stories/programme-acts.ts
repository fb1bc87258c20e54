/** What fifty customers do in two years, at random from a seed: done to the model, and told to the shop in the same words. */
import { DAY } from './programme-calendar.ts';
import { Life } from './programme-life.ts';
import type { Back, Bought, Line, Order } from './programme-orders.ts';
import { Referral } from './programme-referrals.ts';
import { END_MS, type Rules, START_MS } from './programme-rules.ts';
import type { Person } from './programme-shop.ts';
import { Voucher } from './programme-vouchers.ts';

export type Act =
  | { kind: 'join' | 'survey' }
  | { kind: 'birthday'; month: number; day: number }
  | { kind: 'order'; bought: Bought; goodsMinor: number; voucher: Voucher | null }
  | { kind: 'back'; bought: Bought; back: Back }
  | { kind: 'spend'; voucher: Voucher; done: boolean }
  | { kind: 'undo'; name: string; voucher: Voucher; done: boolean }
  | { kind: 'adjust'; name: string; points: number; owe: boolean; count: boolean; done: boolean }
  | { kind: 'claim'; by: Player };

export interface Player {
  person: Person;
  life: Life;
  joinMs: number;
  /** How often they do something: 1 is always when they are asked. */
  zeal: number;
  /** They do nothing any more from here on. */
  untilMs: number;
  claimMs: number | null;
  referral: Referral | null;
  vouchers: Voucher[];
}

/** A number from 0 to 1, the same for the same seed (mulberry32). */
export function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const FRIENDS = 10;

export class Cast {
  readonly players: Player[];
  readonly #random: () => number;
  #made = 0;

  constructor(rules: Rules, name: string, { size, random }: { size: number; random: () => number }) {
    this.#random = random;
    this.players = Array.from({ length: size }, (_, at) => this.#player(rules, `${name}-${at}`, at < FRIENDS));
  }

  #player(rules: Rules, user: string, isFriend: boolean): Player {
    const joinMs = START_MS + this.#upTo(isFriend ? 300 : 90) * DAY + (isFriend ? 60 * DAY : 0);
    return {
      person: { user, email: `${user}@example.com` },
      life: new Life(rules),
      joinMs,
      zeal: isFriend ? 0.9 : this.#one([0.15, 0.3, 0.5, 0.9]),
      untilMs: this.#random() < 0.3 ? joinMs + (60 + this.#upTo(300)) * DAY : END_MS,
      claimMs: isFriend ? joinMs - 2 * DAY : null,
      referral: null,
      vouchers: [],
    };
  }

  #upTo(most: number): number {
    return Math.floor(this.#random() * (most + 1));
  }

  #one<T>(some: readonly T[]): T {
    const found = some[this.#upTo(some.length - 1)];
    if (found === undefined) throw new Error('nothing to choose from');
    return found;
  }

  #name(prefix: string, { person }: Player): string {
    this.#made += 1;
    return `${prefix}${this.#made}-${person.user}`;
  }

  /** What everybody does at a moment; in the model it is done. Whoever brought somebody who does something only looks on. */
  moment(atMs: number): { player: Player; acts: Act[] }[] {
    const onlookers = new Set<Life>();
    return this.players.map((player) => {
      const acts = onlookers.has(player.life) ? [] : this.#actsOf(player, atMs);
      if (acts.length > 0 && player.referral !== null) onlookers.add(player.referral.referrer);
      return { player, acts };
    });
  }

  #actsOf(player: Player, atMs: number): Act[] {
    const { life, claimMs } = player;
    if (claimMs !== null && player.referral === null) {
      if (atMs < claimMs) return [];
      const by = this.#one(this.players.filter((one) => one.claimMs === null && one.life.told.length > 0));
      player.referral = new Referral(player.person.user, { friend: life, referrer: by.life }, atMs);
      return [{ kind: 'claim', by }];
    }
    if (atMs < player.joinMs) return [];
    if (!life.told.some((text) => text.includes('Signed Up'))) {
      life.join(atMs);
      return [{ kind: 'join' }, ...this.#birthday(player, atMs)];
    }
    if (atMs > player.untilMs || this.#random() > player.zeal * 0.25) return [];
    return this.#something(player, atMs);
  }

  #something(player: Player, atMs: number): Act[] {
    const dice = this.#random();
    if (dice < 0.42) return this.#order(player, atMs);
    if (dice < 0.58) return this.#back(player, atMs);
    if (dice < 0.76) return this.#spend(player, atMs);
    if (dice < 0.82) return this.#undo(player, atMs);
    if (dice < 0.92) return this.#survey(player, atMs);
    if (dice < 0.98) return this.#adjust(player, atMs);
    return this.#birthday(player, atMs);
  }

  #birthday({ life }: Player, atMs: number): Act[] {
    const [month, day] = this.#random() < 0.15 ? [2, 29] : [1 + this.#upTo(11), 1 + this.#upTo(27)];
    life.setBirthday(atMs, month, day);
    return [{ kind: 'birthday', month, day }];
  }

  #order(player: Player, atMs: number): Act[] {
    const lines = Array.from({ length: 1 + this.#upTo(2) }, (_, at): Line => {
      return { product: `p${at}`, priceMinor: 333 + this.#upTo(7_000), quantity: 1 + this.#upTo(2) };
    });
    const bought: Bought = {
      id: this.#name('o', player),
      lines,
      discountMinor: this.#one([0, 0, 0, 150, 299]),
      shippingMinor: this.#one([0, 490]),
      taxMinor: this.#one([0, 0, 777]),
    };
    const voucher = player.vouchers.find((one) => one.names !== null && one.isGood(atMs) && this.#random() < 0.5);
    player.life.order(atMs, bought, voucher);
    const goodsMinor = player.life.orders.get(bought.id)?.goodsMinor ?? 0;
    return [{ kind: 'order', bought, goodsMinor, voucher: voucher ?? null }];
  }

  /** Of one of the last orders. */
  #back(player: Player, atMs: number): Act[] {
    const orders = [...player.life.orders.values()].filter((one) => !one.isGone && one.atMs > atMs - 120 * DAY);
    if (orders.length === 0) return [];
    const referred = orders.find(({ bought }) => bought.id === player.referral?.orderId);
    const order = referred ?? this.#one(orders.slice(-3));
    // what a referral hangs on goes back as a whole more often
    const back = referred !== undefined && this.#random() < 0.6 ? this.#whole(player) : this.#parts(player, order);
    player.life.refund(atMs, order.bought.id, back);
    return [{ kind: 'back', bought: order.bought, back }];
  }

  #whole(player: Player): Back {
    return { kind: 'all', id: this.#name('b', player) };
  }

  #parts(player: Player, { bought, totalMinor, moneyBack }: Order): Back {
    const id = this.#name('b', player);
    const dice = this.#random();
    if (dice < 0.15) return { kind: 'all', id };
    if (dice < 0.25) return { kind: 'cancel', id };
    if (dice < 0.45) return { kind: 'money', id, minor: 1 + this.#upTo(totalMinor - moneyBack - 1) };
    const at = this.#upTo(bought.lines.length - 1);
    return { kind: 'pieces', id, pieces: [[at, 1 + this.#upTo((bought.lines[at]?.quantity ?? 1) - 1)]] };
  }

  #spend(player: Player, atMs: number): Act[] {
    const voucher = new Voucher(this.#name('v', player), atMs);
    const done = player.life.spend(atMs, voucher);
    if (done) player.vouchers.push(voucher);
    return [{ kind: 'spend', voucher, done }];
  }

  #undo(player: Player, atMs: number): Act[] {
    const known = player.vouchers.filter(({ names }) => names !== null).slice(-4);
    if (known.length === 0) return [];
    const voucher = this.#one(known);
    return [{ kind: 'undo', name: this.#name('u', player), voucher, done: player.life.undo(atMs, voucher) }];
  }

  #survey({ life }: Player, atMs: number): Act[] {
    life.survey(atMs);
    return [{ kind: 'survey' }];
  }

  #adjust(player: Player, atMs: number): Act[] {
    const points = this.#one([-1, 1]) * (1 + this.#upTo(120));
    const [owe, count] = [this.#random() < 0.3, this.#random() < 0.3];
    const done = player.life.adjust(atMs, points, { owe, count });
    return [{ kind: 'adjust', name: this.#name('a', player), points, owe, count, done }];
  }
}
