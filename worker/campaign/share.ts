/**
 * One share of a hot budget, in an object of its own: it decides by itself what its limits allow, and asks the root for more
 * where they are too narrow. It refuses nothing: what it has no room for, the root decides.
 */
import type { Cost } from '../domain/vouchers/budget.ts';
import { fitsIn, roomIn } from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Period } from '../domain/vouchers/facts.ts';
import type { Database } from '../storage/database.ts';
import { spentOf } from './budgets.ts';
import type { CountCall, Reserved } from './calls.ts';
import { type Beside, NO_COUNTS, NOTHING_BESIDE } from './counts.ts';
import type { Escrow } from './escrow.ts';
import { seenBy } from './seen.ts';
import {
  type Deciding,
  type Drawing,
  type Ending,
  type EndTold,
  isPlain,
  mannerOf,
  type Opening,
  type Passed,
  type Standing,
} from './share-calls.ts';
import { ShareStore } from './share-store.ts';

const MOST_ROUNDS = 20;

/** What a share asks of its root. */
export interface Root {
  draw(drawing: Drawing): Promise<Caps | Passed>;
  known(op: string): Promise<Reserved | null>;
  report(share: number, epoch: number, standing: Standing): Promise<void>;
}

export interface PartOf {
  share: number;
  root: () => Root;
  db: Database;
  escrow: Escrow;
}

export class SharePart {
  readonly #of: PartOf;
  readonly #store: ShareStore;
  #drawing: Promise<Caps | Passed> | null = null;

  constructor(of: PartOf) {
    this.#of = of;
    this.#store = new ShareStore(of.db);
  }

  /** Told again, or late, it changes nothing. false: it was closed since. */
  open({ seen, ...opening }: Opening): boolean {
    const part = this.#store.part();
    if (part !== null && opening.epoch <= part.epoch) return part.open && part.epoch === opening.epoch;
    this.#store.writePart({ ...opening, open: true }, seen);
    return true;
  }

  /** From now on nothing is decided here, also where this is heard before the opening. */
  close(epoch: number): Standing & { seen: Uint8Array } {
    const part = this.#store.part();
    const { escrow } = this.#of;
    if (part === null || part.epoch < epoch) this.#store.writePart({ ...NEVER_OPENED, epoch }, new Uint8Array(128));
    else if (part.open) this.#store.writePart({ ...part, open: false });
    return { ...this.standing(), seen: seenBy(escrow).bytes };
  }

  standing(): Standing {
    const { escrow } = this.#of;
    return { ...spentOf(escrow.budgets), tally: escrow.tally };
  }

  /** `epoch` null: the caller does not know. */
  async decide(deciding: Deciding, epoch: number | null, decide: Decide): Promise<Reserved | Passed> {
    const { escrow } = this.#of;
    const { op, cost, counts } = deciding.call;
    let asked = -1;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const known = escrow.answerOf(op);
      if (known !== null) return known;
      const part = this.#store.part();
      if (part === null || !part.open || (epoch !== null && epoch !== part.epoch)) return 'closed';
      if (part.manner !== mannerOf(deciding.call) || !isPlain(counts, part.limit)) return 'closed';
      if (asked !== part.epoch && this.#store.rootMayHaveSeen(op)) {
        const told = await this.#of.root().known(op);
        if (told !== null) return told;
        asked = part.epoch;
      } else if (fitsIn(roomIn(part.limit, this.standing()), cost)) {
        return decide({ caps: part.limit, beside: besideOf(part.base) });
      } else {
        const told = await this.#draw(cost);
        if (typeof told === 'string') return told;
      }
    }
    return 'short';
  }

  /** `owner`: whoever asks knows that the root never decided it; then it is ended here for good. */
  async end(op: string, ending: Ending, owner: { epoch: number } | null): Promise<EndTold> {
    const { escrow } = this.#of;
    const part = this.#store.part();
    if (escrow.answerOf(op) === null) {
      if (owner === null) return 'unknown';
      if (part === null || !part.open || part.epoch !== owner.epoch) return 'closed';
    }
    const done = ended(escrow, op, ending);
    await this.report();
    return done;
  }

  /** What is over in a share that was closed is told at once: it is free for others. */
  async report(): Promise<void> {
    const part = this.#store.part();
    if (part === null || part.open) return;
    await this.#of.root().report(this.#of.share, part.epoch, this.standing());
  }

  /** As far as this share knows: others have given away no less than that. null: it is not for calls like this. */
  counts(call: CountCall) {
    const part = this.#store.part();
    if (part === null || !part.open || !isPlain(call.counts, part.limit)) return null;
    return this.#of.escrow.counts(call, besideOf(part.base));
  }

  /** What is counted of one customer here, without what is kept for the asker's own operations. */
  ofCustomer(call: CountCall): Record<Period, number> {
    const counts = this.#of.escrow.counts({ ...call, counts: CUSTOMER_COUNTS });
    return {
      ever: counts['campaign.customer.ever'] ?? 0,
      day: counts['campaign.customer.day'] ?? 0,
      week: counts['campaign.customer.week'] ?? 0,
      month: counts['campaign.customer.month'] ?? 0,
    };
  }

  /** One at a time: whoever is short as well looks again when it has come. */
  async #draw(want: Cost): Promise<Caps | Passed> {
    this.#drawing ??= this.#drawn(want).finally(() => {
      this.#drawing = null;
    });
    return this.#drawing;
  }

  async #drawn(want: Cost): Promise<Caps | Passed> {
    const { share, root, escrow } = this.#of;
    const before = this.#store.part();
    if (before === null || !before.open) return 'closed';
    const room = roomIn(before.limit, spentOf(escrow.budgets));
    const lacking = missing(want, room);
    const told = await root().draw({ share, epoch: before.epoch, have: before.limit, want: lacking });
    const part = this.#store.part();
    if (typeof told === 'string') return told;
    if (part?.open && part.epoch === before.epoch) this.#store.writePart({ ...part, limit: told });
    return told;
  }
}

type Decide = (frame: { caps: Caps; beside: Beside }) => Reserved;

const CUSTOMER_COUNTS = [
  'campaign.customer.ever',
  'campaign.customer.day',
  'campaign.customer.week',
  'campaign.customer.month',
] as const satisfies CountCall['counts'];

const NEVER_OPENED = {
  open: false,
  limit: { redemptions: null, discountMinor: null, ordersMinor: null },
  base: NOTHING_BESIDE.cost,
  manner: '',
};

/** Posts or voids what is kept, or sees to it that it never comes about. */
export function ended(escrow: Escrow, op: string, ending: Ending): boolean {
  if (ending.became === 'posted') return escrow.post(op, ending.actual);
  escrow.void(op);
  return true;
}

function besideOf(base: Cost): Beside {
  return { cost: base, all: { ...NO_COUNTS, ever: base.redemptions }, own: NO_COUNTS };
}

function missing(want: Cost, room: Cost): Cost {
  return {
    redemptions: Math.max(0, want.redemptions - room.redemptions),
    discountMinor: Math.max(0, want.discountMinor - room.discountMinor),
    ordersMinor: Math.max(0, want.ordersMinor - room.ordersMinor),
  };
}
