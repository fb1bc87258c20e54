/** What an order earns and what refunds take back, from its lines by hand. The story's model; knows nothing of the product. */
import { LARGE, MULTIPLIERS, SUMMER } from './programme-rules.ts';

export interface Line {
  product: string;
  priceMinor: number;
  quantity: number;
}

export interface Bought {
  id: string;
  lines: Line[];
  discountMinor: number;
  shippingMinor: number;
  taxMinor: number;
}

/** Pieces of lines, by their place; a sum of money; or everything. */
export type Back =
  | { kind: 'pieces'; id: string; pieces: [place: number, count: number][] }
  | { kind: 'money'; id: string; minor: number }
  | { kind: 'all'; id: string }
  | { kind: 'cancel'; id: string };

export interface Share {
  rule: 'order' | 'large';
  points: number;
}

export class Order {
  readonly bought: Bought;
  readonly atMs: number;
  readonly shares: Share[];
  /** Refunds by their id: the same one twice is one. */
  readonly backs = new Map<string, Back>();
  clawed = 0;
  /** Of its own points, what ran out before anything could take it. */
  expired = 0;
  /** Of the large order's points, what waits still. */
  waiting = 0;
  /** The vouchers that it was paid with. */
  vouchers: string[] = [];

  constructor(bought: Bought, atMs: number, tier: string | null) {
    this.bought = bought;
    this.atMs = atMs;
    this.shares = sharesOf(this.goodsMinor, atMs, tier);
  }

  get goodsMinor(): number {
    const gross = this.bought.lines.reduce((sum, { priceMinor, quantity }) => sum + priceMinor * quantity, 0);
    return gross - this.bought.discountMinor;
  }

  get totalMinor(): number {
    return this.goodsMinor + this.bought.shippingMinor + this.bought.taxMinor;
  }

  get earned(): number {
    return this.shares.reduce((sum, { points }) => sum + points, 0);
  }

  get isGone(): boolean {
    return this.isWhole || this.moneyBack >= this.totalMinor;
  }

  private get isWhole(): boolean {
    return [...this.backs.values()].some(({ kind }) => kind === 'all' || kind === 'cancel');
  }

  /** What each line was paid with: the discount is shared, and the cents add up. */
  private netOf(place: number): number {
    const gross = this.bought.lines.map(({ priceMinor, quantity }) => priceMinor * quantity);
    const upTo = (end: number) => gross.slice(0, end).reduce((sum, one) => sum + one, 0);
    const share = (end: number) => Math.round((this.goodsMinor * upTo(end)) / upTo(gross.length));
    return share(place + 1) - share(place);
  }

  /** Of lines, and of money that names none. */
  private get returned(): { lines: number; money: number } {
    const pieces = this.bought.lines.map(() => 0);
    let money = 0;
    for (const back of this.backs.values()) {
      if (back.kind === 'money') money += back.minor;
      if (back.kind === 'pieces')
        for (const [place, count] of back.pieces) pieces[place] = (pieces[place] ?? 0) + count;
    }
    const lines = this.bought.lines.map(({ quantity }, place) =>
      Math.floor((this.netOf(place) * Math.min(quantity, pieces[place] ?? 0)) / quantity),
    );
    return { lines: lines.reduce((sum, one) => sum + one, 0), money };
  }

  get moneyBack(): number {
    const { lines, money } = this.returned;
    return this.isWhole ? this.totalMinor : lines + money;
  }

  /** How much of the goods went back. */
  get goodsBack(): number {
    if (this.isGone) return this.goodsMinor;
    const { lines, money } = this.returned;
    return Math.min(this.goodsMinor, lines + Math.floor((this.goodsMinor * money) / this.totalMinor));
  }

  /** What refunds take of so many points in all: everything once everything went back. */
  partOf(points: number): number {
    return this.goodsBack >= this.goodsMinor ? points : Math.floor((points * this.goodsBack) / this.goodsMinor);
  }

  /** What is to be taken back by now; what ran out is not taken a second time. */
  get clawTarget(): number {
    const all = this.shares.reduce((sum, { points }) => sum + this.partOf(points), 0);
    return Math.min(all, Math.max(0, this.earned - this.expired));
  }
}

function sharesOf(goodsMinor: number, atMs: number, tier: string | null): Share[] {
  if (goodsMinor <= 0) return [];
  const times = atMs >= SUMMER.startsAtMs && atMs < SUMMER.endsAtMs ? SUMMER.times : 1;
  const [numerator, denominator] = MULTIPLIERS[tier ?? ''] ?? [1, 1];
  const rate = { rule: 'order' as const, points: Math.floor((goodsMinor * numerator * times) / (100 * denominator)) };
  const isLarge = goodsMinor >= LARGE.minimumMinor;
  return [rate, ...(isLarge ? [{ rule: 'large' as const, points: LARGE.points * times }] : [])];
}
