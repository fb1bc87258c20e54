/**
 * The root of a budget: it decides alone until it is asked too often, then gives parts of what is left to shares, each in an
 * object of its own. An operation is decided by its share while that is open, else here, and never by both. Where a share
 * runs short and nothing is left here, all of them are closed and what they did not use is decided on here again.
 */
import type { Cost } from '../domain/vouchers/budget.ts';
import {
  besideShares,
  closed,
  drawn,
  fitsIn,
  givenIn,
  heard,
  isWorthSplitting,
  limitsOf,
  narrower,
  opened,
  partOf,
  roomIn,
  shareOf,
} from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import { OpFilter } from '../domain/vouchers/op-filter.ts';
import { plus, spentOf } from './budgets.ts';
import type { Reserved, Taking } from './calls.ts';
import type { Escrow, Frame } from './escrow.ts';
import { Heat } from './heat.ts';
import { decidedIn, filled, seenBy } from './seen.ts';
import {
  type Deciding,
  type Drawing,
  isPlain,
  mannerOf,
  type Opening,
  type Passed,
  type Standing,
} from './share-calls.ts';
import type { ShareRow, ShareStore } from './share-store.ts';
import type { Sums } from './sums.ts';

const MOST_ROUNDS = 40;

/** What the root asks of a share. */
export interface ShareObject {
  openShare(opening: Opening): Promise<boolean>;
  closeShare(epoch: number): Promise<Standing & { seen: Uint8Array }>;
  decideIn(deciding: Deciding, epoch: number | null): Promise<Reserved | Passed>;
  known(op: string): Promise<Reserved | null>;
}

export interface SplittingOf {
  escrow: Escrow;
  store: ShareStore;
  sums: Sums;
  share: (share: number) => ShareObject;
  /** What guards the budget of a call, rules left aside. */
  capsOf: (call: Pick<Taking, 'caps'>) => Caps;
  /** Calls a second that are too many for one object. */
  hot: number;
  /** For the log. */
  say: (msg: string) => void;
}

export class Splitting {
  readonly #of: SplittingOf;
  readonly #heat: Heat;
  #merging: Promise<void> | null = null;
  #isSplitting = false;
  /** Grows whenever shares are opened or closed. */
  #moves = 0;
  /** What the root had decided when shares were opened; null: to be gone through again. */
  #seen: OpFilter | null = null;

  constructor(of: SplittingOf) {
    this.#of = of;
    this.#heat = new Heat(of.hot);
  }

  get isOpen(): boolean {
    return this.#of.store.rows().some(({ open }) => open);
  }

  /** Decides once and for ever, here or in the operation's share. `decide`: here. */
  async decide(deciding: Deciding, decide: (frame: Frame) => Reserved): Promise<Reserved> {
    const { escrow, store, sums } = this.#of;
    const { call } = deciding;
    const share = shareOf(call.op);
    let asked = -1;
    let counted = { moves: -1, beside: sums.beside };
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const known = escrow.answerOf(call.op);
      if (known !== null) return known;
      const row = store.row(share);
      if (row?.open) {
        const told = await this.#forwarded(row, deciding);
        if (told !== null) return told;
      } else if (row !== null && asked !== this.#moves && store.mayHaveSeen(share, call.op)) {
        asked = this.#moves;
        const told = await this.#of.share(share).known(call.op);
        if (told !== null) return told;
      } else if (this.#wantsAll(call)) {
        await this.merge();
      } else if (store.rows().length > 0 && call.counts.length > 0 && counted.moves !== this.#moves) {
        counted = { moves: this.#moves, beside: await sums.besideOf(call) };
      } else {
        const answer = decide({ caps: this.#capsFor(call), beside: counted.beside });
        this.#felt(call);
        return answer;
      }
    }
    throw new Error('the shares of a budget do not come to rest');
  }

  /** Gives shares of what is left to other objects, whatever the load. */
  async split(call: Pick<Taking, 'caps' | 'bounds'>): Promise<void> {
    const { escrow, store } = this.#of;
    if (this.isOpen || this.#isSplitting || this.#merging !== null) return;
    this.#isSplitting = true;
    try {
      this.#seen = await this.#gone();
      const caps = this.#all(call);
      const known = store.rows().length > 0 ? store.rows() : store.blank();
      const part = partOf(roomIn(besideShares(caps, known), spentOf(escrow.budgets)));
      const manner = mannerOf(call);
      store.write(known.map((row): ShareRow => ({ ...row, ...opened(row, part), caps, manner })));
      this.#moves += 1;
    } finally {
      escrow.onDecided = null;
      this.#isSplitting = false;
    }
    this.#of.say('a budget was split');
    // whoever was not reached is opened once something is asked of it
    await Promise.allSettled(store.rows().map((row) => this.#open(row)));
  }

  /** Takes all shares back: resolves once nobody but this object decides. */
  merge(): Promise<void> {
    this.#merging ??= this.#closeAll().finally(() => {
      this.#merging = null;
    });
    return this.#merging;
  }

  /** More for a share that runs short; the same again where the answer was lost. */
  draw({ share, epoch, have, want }: Drawing): Caps | Passed {
    const { escrow, store } = this.#of;
    const row = store.row(share);
    if (row === null || !row.open || row.epoch !== epoch) return 'closed';
    if (isWider(limitsOf(row, row.caps), have)) return limitsOf(row, row.caps);
    const room = roomIn(besideShares(row.caps, store.rows()), spentOf(escrow.budgets));
    const more = drawn(row, room, want);
    if (more === null) return 'short';
    store.write([{ ...row, ...more }]);
    return limitsOf(more, row.caps);
  }

  /** What a share that was closed used since, or does not keep any more. */
  async report(share: number, epoch: number, { tally, ...given }: Standing): Promise<void> {
    const { store } = this.#of;
    const before = store.row(share);
    // its answer to the closing is on the way still, and older, or was lost
    if (before?.open && before.epoch === epoch) await this.merge();
    const row = store.row(share);
    if (row === null || row.epoch !== epoch || row.open) return;
    store.write([{ ...row, ...heard(row, given), tally }]);
  }

  /** A share that ought to be open and is not. */
  async reopen(share: number): Promise<void> {
    if (this.#merging !== null) return this.#merging;
    const row = this.#of.store.row(share);
    if (row?.open && !(await this.#open(row))) await this.merge();
  }

  /** null: look again. */
  async #forwarded(row: ShareRow, deciding: Deciding): Promise<Reserved | null> {
    if (this.#merging !== null) await this.#merging;
    else if (mannerOf(deciding.call) !== row.manner || !isPlain(deciding.call.counts, row.caps)) await this.merge();
    else {
      const told = await this.#of.share(row.share).decideIn(deciding, row.epoch);
      if (typeof told !== 'string') return told;
      if (told === 'short') await this.merge();
      else await this.reopen(row.share);
    }
    return null;
  }

  /** Whether it takes what shares hold: counts that only all together know, or more than is left here. */
  #wantsAll(call: Taking): boolean {
    if (!this.isOpen) return false;
    const caps = this.#all(call);
    if (!isPlain(call.counts, caps)) return true;
    const room = roomIn(besideShares(caps, this.#of.store.rows()), spentOf(this.#of.escrow.budgets));
    return !fitsIn(room, call.cost);
  }

  #all(call: Pick<Taking, 'caps' | 'bounds'>): Caps {
    const caps = this.#of.capsOf(call);
    return call.bounds == null ? caps : narrower(caps, call.bounds);
  }

  #capsFor(call: Taking): Caps {
    return besideShares(this.isOpen ? this.#all(call) : this.#of.capsOf(call), this.#of.store.rows());
  }

  /** Splits where it is asked too often, by calls that shares can answer, and there is enough to share. */
  #felt(call: Taking): void {
    const { escrow, store } = this.#of;
    const caps = this.#all(call);
    if (!isPlain(call.counts, caps) || !this.#heat.note(Date.now()) || this.isOpen) return;
    const room = roomIn(besideShares(caps, store.rows()), spentOf(escrow.budgets));
    if (isWorthSplitting(room, call.cost)) void this.split(call);
  }

  async #open(row: ShareRow): Promise<boolean> {
    const { escrow, store, share } = this.#of;
    this.#seen ??= seenBy(escrow);
    const others = givenIn(store.rows().filter((one) => one.share !== row.share));
    const own = spentOf(escrow.budgets);
    const base = plus(plus(own.used, own.held), plus(others.used, others.held));
    const { epoch, caps, manner } = row;
    return share(row.share).openShare({ epoch, limit: limitsOf(row, caps), base, manner, seen: this.#seen.bytes });
  }

  async #closeAll(): Promise<void> {
    const { store } = this.#of;
    const open = store.rows().filter((row) => row.open);
    if (open.length === 0) return;
    this.#heat.rest(Date.now());
    await Promise.all(
      open.map(async (row) => {
        const { seen, tally, ...given } = await this.#of.share(row.share).closeShare(row.epoch);
        const now = store.row(row.share);
        if (now === null || !now.open || now.epoch !== row.epoch) return;
        store.write([{ ...now, ...closed(now, given), tally }], seen);
        this.#moves += 1;
      }),
    );
    this.#of.say('the shares of a budget were taken back');
  }

  /** All that was decided here, also while it is gone through. */
  async #gone(): Promise<OpFilter> {
    const { escrow } = this.#of;
    const ops: string[] = [];
    escrow.onDecided = (op) => ops.push(op);
    let pages = 0;
    for (const page of decidedIn(escrow)) {
      ops.push(...page);
      pages += 1;
      // others are answered in between
      if (pages > 2) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return filled(OpFilter.for(ops.length), ops);
  }
}

function isWider(limit: Caps, have: Caps): boolean {
  const kinds: (keyof Cost)[] = ['redemptions', 'discountMinor', 'ordersMinor'];
  return kinds.some((kind) => (limit[kind] ?? 0) > (have[kind] ?? 0));
}
