/**
 * One customer as a merchant with paper and pencil would keep them: what they did, what comes of it, and what they are told.
 * The story's model; knows nothing of the product.
 */

import { BirthdayModel } from './programme-birthdays.ts';
import { DAY, dateOf, endAfterMonths } from './programme-calendar.ts';
import { IdleModel } from './programme-idle.ts';
import { type Back, type Bought, Order } from './programme-orders.ts';
import { Purse } from './programme-purse.ts';
import { BIRTHDAY, FIVE, LARGE, type Rules, SURVEY, WELCOME } from './programme-rules.ts';
import { type Count, TierModel, type TierTold } from './programme-tiers.ts';
import { NO_VOUCHER, type Voucher } from './programme-vouchers.ts';

export class Life {
  readonly rules: Rules;
  readonly purse = new Purse();
  readonly orders = new Map<string, Order>();
  readonly vouchers = new Map<string, Voucher>();
  readonly tiers: TierModel;
  readonly idle: IdleModel;
  /** Whoever brought them follows their orders, within the same decision. */
  onOrder: (atMs: number, orderId: string) => void = () => {};
  /** What they are told, and what moved their points. */
  readonly told: string[] = [];
  readonly #waiting: { order: Order; dueMs: number }[] = [];
  readonly #counts: Count[] = [];
  #surveys = { month: '', count: 0 };
  readonly #birthday = new BirthdayModel();
  #nowMs = 0;
  /** Something counts for less than before, in the decision under way. */
  #less = false;

  constructor(rules: Rules) {
    this.rules = rules;
    this.tiers = new TierModel(
      rules.tiers,
      () => [...this.#counts, ...this.#orderCounts()],
      (one) => this.#tellTier(one),
    );
    this.idle = new IdleModel(rules.idleMonths, this.purse, (atMs, text) => this.say(atMs, text));
  }

  say(atMs: number, text: string): void {
    this.told.push(`${new Date(atMs).toISOString()} ${text}`);
  }

  /** Everything that one input, or one instant, makes happen. `activity`: it keeps a balance alive. */
  decide(atMs: number, act: () => { activity: boolean } | undefined): void {
    const before = this.purse.balance;
    this.#less = false;
    const activity = act()?.activity === true;
    this.tiers.settle(atMs, { less: this.#less });
    this.idle.after(atMs, { before, activity });
  }

  earn(atMs: number, points: number, about: { origin: string; counts: boolean }): void {
    const { expiryMonths } = this.rules;
    this.purse.add(points, expiryMonths === null ? null : endAfterMonths(atMs, expiryMonths), about.origin);
    if (about.counts && this.rules.tiers.metric === 'points') this.#counts.push({ atMs, amount: points });
  }

  /** Points of a rule or of a referral are taken back: they count no more. */
  unearn(atMs: number, points: number): void {
    if (this.rules.tiers.metric === 'points') this.#counts.push({ atMs, amount: -points });
    this.#less = true;
  }

  #tellTier({ name, atMs, points, about }: TierTold): void {
    if (points > 0) this.earn(atMs, points, { origin: 'tier', counts: false });
    this.say(atMs, `${name} ${points} ${JSON.stringify(about)}`);
  }

  #orderCounts(): Count[] {
    const { metric } = this.rules.tiers;
    return [...this.orders.values()].map((order) => {
      const points = order.earned - order.clawed - order.waiting;
      const spent = order.isGone ? 0 : order.totalMinor - order.moneyBack;
      return { atMs: order.atMs, amount: metric === 'points' ? points : spent };
    });
  }

  join(atMs: number): void {
    this.tiers.isKnown = true;
    this.decide(atMs, () => undefined);
    this.decide(atMs, () => {
      this.earn(atMs, WELCOME, { origin: 'welcome', counts: true });
      this.say(atMs, `Signed Up ${WELCOME}`);
      return { activity: true };
    });
  }

  survey(atMs: number): void {
    this.decide(atMs, () => {
      const { year, month } = dateOf(atMs);
      const name = `${year}-${month}`;
      const count = this.#surveys.month === name ? this.#surveys.count : 0;
      if (count >= SURVEY.perMonth) return undefined;
      this.#surveys = { month: name, count: count + 1 };
      this.earn(atMs, SURVEY.points, { origin: 'survey', counts: true });
      this.say(atMs, `Survey Answered ${SURVEY.points}`);
      return { activity: true };
    });
  }

  /** Whether it was done: nobody is taken below zero unless they may owe. */
  adjust(atMs: number, points: number, may: { owe: boolean; count: boolean }): boolean {
    if (points < 0 && this.purse.balance + points < 0 && !may.owe) return false;
    this.decide(atMs, () => {
      const { expiryMonths } = this.rules;
      const endMs = expiryMonths === null ? null : endAfterMonths(atMs, expiryMonths);
      if (points > 0) this.purse.add(points, endMs, 'adjustment');
      else this.#takeOrOwe(-points);
      if (may.count && this.rules.tiers.metric === 'points') {
        this.#counts.push({ atMs, amount: points });
        this.#less = points < 0;
      }
      this.say(atMs, `points.adjusted ${points}`);
      return undefined;
    });
    return true;
  }

  #takeOrOwe(points: number, first = ''): void {
    const taken = this.purse.take(points, first).reduce((sum, one) => sum + one.points, 0);
    this.purse.debt += points - taken;
  }

  order(atMs: number, bought: Bought, code: Voucher = NO_VOUCHER): void {
    this.decide(atMs, () => {
      const order = new Order(bought, atMs, this.tiers.id);
      this.orders.set(bought.id, order);
      const [rate, large] = order.shares;
      if (rate !== undefined && rate.points > 0)
        this.earn(atMs, rate.points, { origin: `order:${bought.id}`, counts: false });
      if (large !== undefined) {
        order.waiting = large.points;
        this.#waiting.push({ order, dueMs: atMs + LARGE.waitDays * DAY });
      }
      this.say(atMs, `Placed Order ${rate?.points ?? 0}`);
      if (code.isGood(atMs)) {
        code.used = true;
        order.vouchers.push(code.id);
        this.say(atMs, 'Reward Used 0');
      }
      this.onOrder(atMs, bought.id);
      return { activity: true };
    });
  }

  refund(atMs: number, orderId: string, back: Back): void {
    const order = this.orders.get(orderId);
    if (order === undefined || order.backs.has(back.id)) return;
    this.decide(atMs, () => {
      order.backs.set(back.id, back);
      const due = order.clawTarget - order.clawed;
      order.clawed += due;
      // what waits goes first, and nobody hears of it
      const quiet = Math.min(order.waiting, due);
      order.waiting -= quiet;
      if (due > quiet) this.#takeOrOwe(due - quiet, `order:${orderId}`);
      this.#less = true;
      this.say(atMs, `${back.kind === 'cancel' ? 'Cancelled' : 'Refunded'} Order ${quiet - due}`);
      this.#returnPrice(atMs, order);
      this.onOrder(atMs, orderId);
      return undefined;
    });
  }

  /** What the rewards cost that the order was paid with goes back with the goods. */
  #returnPrice(atMs: number, order: Order): void {
    for (const voucher of order.vouchers.flatMap((id) => this.vouchers.get(id) ?? [])) {
      const points = order.partOf(voucher.price) - voucher.pointsBack;
      if (points > 0) this.#giveBack(atMs, voucher, points);
    }
  }

  /** Those that were taken last go back first; what ran out meanwhile is good for the days of grace. */
  #giveBack(atMs: number, voucher: Voucher, points: number): void {
    const { good, late } = voucher.back(points, atMs);
    const graceMs = atMs + FIVE.graceDays * DAY;
    const graced = late.map((one) => ({ ...one, n: this.purse.number(), endMs: graceMs }));
    this.purse.putBack([...good, ...graced]);
    this.say(atMs, `Points Returned ${points}`);
  }

  get price(): number {
    return this.tiers.id === 'gold' ? FIVE.gold : FIVE.price;
  }

  /** Whether it was bought. */
  spend(atMs: number, voucher: Voucher): boolean {
    const { price } = this;
    if (this.purse.balance < price) return false;
    this.decide(atMs, () => {
      voucher.price = price;
      voucher.taken = this.purse.take(price);
      this.vouchers.set(voucher.id, voucher);
      this.say(atMs, `Points Redeemed ${-price}`);
      return { activity: true };
    });
    return true;
  }

  undo(atMs: number, voucher: Voucher): boolean {
    if (voucher.used || voucher.undone) return false;
    this.decide(atMs, () => {
      this.#giveBack(atMs, voucher, voucher.price);
      voucher.undone = true;
      return undefined;
    });
    return true;
  }

  setBirthday(atMs: number, month: number, day: number): void {
    this.#birthday.set(atMs, month, day);
    this.decide(atMs, () => undefined);
  }

  #celebrate(atMs: number): void {
    const points = this.tiers.id === 'gold' ? BIRTHDAY.gold : BIRTHDAY.points;
    this.#birthday.rewarded(atMs);
    this.earn(atMs, points, { origin: 'birthday', counts: true });
    this.say(atMs, `Birthday Reward Issued ${points}`);
  }

  #expire(atMs: number): void {
    const over = this.purse.close(atMs);
    for (const { origin, points } of over) this.#noteExpired(origin, points);
    this.say(atMs, `Points Expired ${-over.reduce((sum, { points }) => sum + points, 0)}`);
  }

  #noteExpired(origin: string, points: number): void {
    const order = this.orders.get(origin.replace(/^order:/, ''));
    if (order !== undefined) order.expired += points;
  }

  #release(atMs: number): void {
    for (const one of this.#waiting.filter(({ dueMs }) => dueMs === atMs)) {
      const { order } = one;
      const points = order.waiting;
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      order.waiting = 0;
      if (points === 0) continue;
      this.earn(atMs, points, { origin: `order:${order.bought.id}`, counts: false });
      this.say(atMs, `Points Released ${points}`);
    }
  }

  /** What time alone does, with what does it, in the order in which it is done at one instant. */
  #dues(nowMs: number): [number, (atMs: number) => void][] {
    const lots = this.purse.lots.flatMap(({ endMs }) => endMs ?? []);
    const decided = (act: (atMs: number) => void) => (atMs: number) =>
      this.decide(atMs, () => {
        act(atMs);
        return undefined;
      });
    const dues: [number | null, (atMs: number) => void][] = [
      [lots.length === 0 ? null : Math.min(...lots), (atMs) => this.#expire(atMs)],
      ...this.#waiting.map(({ dueMs }): [number, (atMs: number) => void] => [
        dueMs,
        decided((atMs) => this.#release(atMs)),
      ]),
      ...[...this.vouchers.values()].map((voucher): [number | null, (atMs: number) => void] => [
        voucher.dueMs,
        (atMs) => this.say(atMs, voucher.told(atMs)),
      ]),
      [this.tiers.dueMs(nowMs), decided(() => undefined)],
      [this.#birthday.dueMs, decided((atMs) => this.#celebrate(atMs))],
      [
        this.idle.endMs,
        (atMs) => {
          for (const { origin, points } of this.idle.runOut(atMs)) this.#noteExpired(origin, points);
        },
      ],
      [this.idle.noticeMs(nowMs), (atMs) => this.idle.notify(atMs)],
    ];
    return dues.flatMap(([at, act]): [number, (atMs: number) => void][] => (at === null ? [] : [[at, act]]));
  }

  /** Points, until when, and when they can be spent, in the words in which the shop tells of each lot. */
  get lots(): string[] {
    const waiting = this.#waiting.filter(({ order }) => order.waiting > 0);
    const times = waiting.map(({ order, dueMs }) => `${order.waiting} null ${new Date(dueMs).toISOString()}`);
    return [...this.purse.words, ...times];
  }

  /** Lets everything happen up to an instant, each at its own. */
  runTo(toMs: number): void {
    for (;;) {
      const dues = this.#dues(this.#nowMs);
      const next = Math.min(...dues.map(([dueMs]) => dueMs));
      if (next > toMs || dues.length === 0) break;
      this.#nowMs = next;
      dues.find(([dueMs]) => dueMs === next)?.[1](next);
    }
    this.#nowMs = toMs;
  }
}
