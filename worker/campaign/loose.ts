/** Ends what nobody ended: reserves and publications whose callers died. Whoever coordinates a reserve is asked; nobody guesses. */
import type { HoldVoucher } from '../domain/vouchers/held-request.ts';
import type { Env } from '../env.ts';
import { outcomeOf } from '../holds/coordinator.ts';
import { putAt } from '../holds/wallet.ts';
import { deliver, type PublicationBook } from './delivery.ts';
import type { Escrow } from './escrow.ts';
import type { Publication } from './publication.ts';
import type { Publications } from './publications.ts';
import type { CampaignRecord } from './record.ts';

/** Callers that live take far less. */
const LOOSE_MS = 10_000;
const MOST_AT_ONCE = 100;

export interface LooseOf {
  env: Env;
  shop: string;
  escrow: Escrow;
  publications: Publications;
  record: () => CampaignRecord | null;
  book: PublicationBook;
}

export class Loose {
  readonly #of: LooseOf;

  constructor(of: LooseOf) {
    this.#of = of;
  }

  /** When the oldest of them is loose, by the wall clock; null: nothing is open. */
  dueMs(): number | null {
    const times = [this.#of.escrow.oldestMs, this.#of.publications.oldestMs()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times) + LOOSE_MS;
  }

  /** false: some could not be ended and are to be asked for again. */
  async end(wallMs: number): Promise<boolean> {
    const { env, shop, escrow, publications } = this.#of;
    const before = wallMs - LOOSE_MS;
    const ended = await Promise.all([
      ...escrow
        .openSince(before)
        .slice(0, MOST_AT_ONCE)
        .map(({ op, coordinator }) =>
          this.#attempt(async () => {
            const outcome = await outcomeOf(env, shop, coordinator);
            if (outcome.state === 'posted') escrow.post(op, outcome.cost);
            if (outcome.state === 'voided') escrow.void(op);
            return outcome.state !== 'open';
          }),
        ),
      ...publications.openSince(before, MOST_AT_ONCE).map((one) => this.#attempt(() => this.#deliver(one))),
    ]);
    return ended.every((one) => one);
  }

  /** A publication that has begun is brought to its end: a customer was promised something. */
  async #deliver(publication: Publication): Promise<boolean> {
    const { env, shop, book } = this.#of;
    const record = this.#of.record();
    if (record === null) return true;
    const { campaign } = record;
    const hold = (customer: string, operation: HoldVoucher) => putAt(env, shop, customer, operation);
    await deliver(publication, { env, shop, campaign, clockMs: publication.atMs, hold, book });
    return true;
  }

  async #attempt(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      const about = { shop: this.#of.shop, error: String(error) };
      console.error(JSON.stringify({ level: 'error', msg: 'a loose end was put off', ...about }));
      return false;
    }
  }
}
