/**
 * The Campaign object: its definition in versions, its pool of codes, who has joined, and what of its caps is given away or
 * kept. A thin shell: each call is one transaction, and one alarm ends what nobody else ended.
 */
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Env } from '../env.ts';
import { codeMintOf, planOf } from '../offers/code-mint.ts';
import type { VoucherCopies } from '../projection/voucher-rows.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import { Alarm } from '../storage/alarm.ts';
import { within } from '../time/deadline.ts';
import { BudgetObject } from './budget-object.ts';
import { BudgetTeller } from './budget-teller.ts';
import { NO_CAPS } from './budgets.ts';
import { Changes } from './changes.ts';
import { Definitions } from './definitions.ts';
import { Loose } from './loose.ts';
import { Pool } from './pool.ts';
import type { Publication, PublishAnswer, PublishCall } from './publication.ts';
import { type ForgetCall, Publications } from './publications.ts';
import { type Minting, Publishing, type Unfit } from './publishing.ts';
import { type CampaignChange, type CampaignRecord, type Changed, changedRecord, type Request } from './record.ts';
import { Teller } from './teller.ts';

/** Copies are looked after this soon, loose ends later. */
const SOONEST_MS = 5_000;

export class Campaign extends BudgetObject {
  readonly #definitions: Definitions;
  readonly #pool: Pool;
  readonly #changes: Changes;
  readonly #publications: Publications;
  readonly #publishing: Publishing;
  readonly #loose: Loose;
  readonly #teller: Teller;
  readonly #budgetTeller: BudgetTeller;
  readonly #alarm: Alarm;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#definitions = new Definitions(this.db);
    this.#pool = new Pool(this.db);
    this.#changes = new Changes(this.db, this.#definitions, this.#pool);
    this.#publications = new Publications(this.db);
    this.#publishing = new Publishing(this.db, this.#pool, this.#publications);
    this.#loose = new Loose({
      env,
      shop: this.shop(),
      escrow: this.escrow,
      publications: this.#publications,
      record: () => this.#definitions.current(),
      book: {
        replace: async (publication, unfit) => this.replace(publication, unfit),
        drop: async (publication, unfit) => this.drop(publication, unfit),
        published: async (publication) => this.published(publication),
      },
    });
    this.#teller = new Teller(env.DB, {
      shop: this.shop(),
      definitions: this.#definitions,
      publications: this.#publications,
      idOf: (code) => codeMakerOf(env.ROOT_SECRET, this.shop()).idOf(code),
    });
    const about = { shop: this.shop(), db: this.db, budgets: () => this.budgets, bounds: () => this.escrow.bounds };
    this.#budgetTeller = new BudgetTeller(env, { ...about, record: () => this.#definitions.current() });
    this.#alarm = new Alarm(ctx.storage, { dueMs: () => this.#dueMs(), soonestMs: SOONEST_MS });
  }

  get rowsWritten(): number {
    return this.db.rowsWritten;
  }

  /** null: there is no such campaign. Creates nothing. */
  record(): CampaignRecord | null {
    return this.#definitions.current();
  }

  /** Writes the first version, once: told again it changes nothing, and the record is answered as it stands. */
  create(record: CampaignRecord, who: string, fingerprint = ''): CampaignRecord {
    const known = this.#definitions.current();
    if (known !== null) return known;
    this.db.migrate();
    this.#changes.create(record, who, fingerprint);
    this.#changed();
    return record;
  }

  /** Whether a request made it, or another one did; `first`: nobody has made it yet. Creates nothing. */
  madeBy(fingerprint: string): 'first' | 'again' | 'mismatch' {
    return this.#changes.madeBy(fingerprint);
  }

  async change(change: CampaignChange, request: Request): Promise<Changed> {
    const work = () => this.#changes.requested(request, (record) => changedRecord(record, change, request.nowMs));
    return this.#told(change.caps === undefined ? work() : await this.alone(work));
  }

  /** A job has made or imported so many codes for it, once; `failed`: it could not make those that were wanted. */
  made(job: string, vouchers: number, failed: boolean): Changed {
    const made = this.#changes.next(job, (record) => {
      if (!this.#pool.isFirst(`made:${job}`)) return record;
      const making = failed ? 'failed' : 'done';
      const now = record.job === job ? ({ making, job: null } as const) : {};
      const campaign = { ...record.campaign, version: record.campaign.version + 1 };
      return { ...record, ...now, vouchers: record.vouchers + vouchers, campaign };
    });
    return this.#told(made);
  }

  /** Into the bin: none of its codes is good from now on. Its redemptions stay. */
  remove(request: Request): Changed {
    const { nowMs } = request;
    const removed = this.#changes.requested(request, (record) => {
      const campaign = { ...record.campaign, version: record.campaign.version + 1, updatedAtMs: nowMs };
      return { ...record, deletedAtMs: nowMs, campaign };
    });
    return this.#told(removed);
  }

  /** Adds codes that nobody was given; a batch once. */
  addCodes(batch: string, codes: string[]): void {
    this.db.migrate();
    this.db.transaction(() => this.#pool.add(batch, codes));
  }

  poolSize(): number {
    return this.#pool.size();
  }

  /** Gives codes to a customer; the caller brings them there and says `published`. */
  publish(call: PublishCall): PublishAnswer {
    const record = this.#definitions.current();
    if (record === null) return { refusal: 'not_found' };
    this.db.migrate();
    const answer = this.#publishing.begin(record, call, { minting: this.#minting(record), wallMs: Date.now() });
    this.#alarm.arm();
    return answer;
  }

  /** One of a publication's codes turned out not to be free. */
  replace(publication: string, unfit: Unfit): Publication | null {
    const record = this.#definitions.current();
    const minting = record === null ? null : this.#minting(record);
    return this.#ended(record === null ? null : this.#publishing.replace(record, publication, unfit, minting));
  }

  /** The customer cannot have one of a publication's codes. */
  drop(publication: string, unfit: Unfit): Publication | null {
    return this.#ended(this.#publishing.drop(publication, unfit));
  }

  /** The customer has what there is of it. */
  published(publication: string): Publication | null {
    return this.#ended(this.#publishing.finish(publication));
  }

  /** An erased customer is nobody here any more. */
  forget(call: ForgetCall): void {
    if (this.#definitions.current() === null) return;
    this.db.migrate();
    this.db.transaction(() => this.#publications.forget(call));
    this.#changed();
  }

  /** How many of these customers have joined. */
  joined(customers: string[]): number {
    return this.#publications.joined(customers);
  }

  publication(id: string): Publication | null {
    return this.#publications.one(id);
  }

  /** Resolves true once copies know all that happened here, false where D1 fails or it takes longer than `ms`. */
  settled(ms: number): Promise<boolean> {
    return within(ms, this.#teller.flush(), () => false);
  }

  /** What copies should hold of it and of its publications after one; `next` null: that was all. */
  async copies(after: string, settleMs: number): Promise<{ copies: VoucherCopies; next: string | null }> {
    if (settleMs > 0) await this.settled(settleMs);
    return this.#teller.copies(after);
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    const looked = [await this.#loose.end(Date.now()), await this.#reportedWell(), await this.cooling.look(Date.now())];
    const told = await Promise.all([this.#teller.flush(), this.#budgetTeller.flush()]);
    this.#alarm.ended([...looked, ...told].every((one) => one));
    this.#alarm.arm();
  }

  #told(changed: Changed): Changed {
    if (changed.refusal === null && !changed.again) this.#changed();
    return changed;
  }

  #ended(publication: Publication | null): Publication | null {
    if (publication !== null && publication.state !== 'open') this.#changed();
    return publication;
  }

  #changed(): void {
    this.#teller.touch();
    this.spending();
  }

  /** What was given away may have passed a level of the budget. */
  protected override spending(): void {
    this.#budgetTeller.touch();
    this.#alarm.arm();
  }

  protected override caps(): Caps {
    return this.#definitions.current()?.campaign.caps ?? NO_CAPS;
  }

  async #reportedWell(): Promise<boolean> {
    try {
      await this.reported();
      return true;
    } catch (error) {
      const about = { shop: this.shop(), error: String(error) };
      console.error(JSON.stringify({ level: 'error', msg: 'a share of a budget was not reported', ...about }));
      return false;
    }
  }

  /** When there is something to do, by the wall clock; null: there is nothing. */
  #dueMs(): number | null {
    const times = [this.#loose, this.#teller, this.#budgetTeller, this.cooling]
      .map((one) => one.dueMs())
      .filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  #minting({ campaign }: CampaignRecord): Minting | null {
    if (campaign.kind !== 'auto_update') return null;
    return { mint: codeMintOf(this.env.ROOT_SECRET, this.shop()), plan: planOf(campaign.codes) };
  }
}
