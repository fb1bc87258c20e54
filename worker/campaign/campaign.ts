/**
 * The Campaign object: its definition in versions, its pool of codes, who has joined, and what of its caps is given away or
 * kept. A thin shell: each call is one transaction, and one alarm ends what nobody else ended.
 */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/campaign/0001_campaign.sql';
import type { Cost } from '../domain/vouchers/budget.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Counts } from '../domain/vouchers/facts.ts';
import type { Env } from '../env.ts';
import { codeMintOf, planOf } from '../offers/code-mint.ts';
import { Alarm } from '../storage/alarm.ts';
import { Database } from '../storage/database.ts';
import { NO_CAPS, spentOf } from './budgets.ts';
import type { HearCall, ReserveCall, Reserved, Spent, Taking } from './calls.ts';
import { Definitions } from './definitions.ts';
import { Escrow } from './escrow.ts';
import { Loose } from './loose.ts';
import { Pool } from './pool.ts';
import type { Publication, PublishAnswer, PublishCall } from './publication.ts';
import { Publications } from './publications.ts';
import { type Minting, Publishing, type Unfit } from './publishing.ts';
import { type CampaignChange, type CampaignRecord, changedRecord } from './record.ts';
import { Teller } from './teller.ts';

/** Copies are looked after this soon, loose ends later. */
const SOONEST_MS = 5_000;

export type Changed = { refusal: null; record: CampaignRecord } | { refusal: 'not_found' | 'discount_kind' };

export class Campaign extends DurableObject<Env> {
  readonly #db: Database;
  readonly #definitions: Definitions;
  readonly #escrow: Escrow;
  readonly #pool: Pool;
  readonly #publications: Publications;
  readonly #publishing: Publishing;
  readonly #loose: Loose;
  readonly #teller: Teller;
  readonly #alarm: Alarm;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first]);
    this.#definitions = new Definitions(this.#db);
    this.#escrow = new Escrow(this.#db);
    this.#pool = new Pool(this.#db);
    this.#publications = new Publications(this.#db);
    this.#publishing = new Publishing(this.#db, this.#pool, this.#publications);
    this.#loose = new Loose({
      env,
      shop: this.#shop(),
      escrow: this.#escrow,
      publications: this.#publications,
      record: () => this.#definitions.current(),
      book: {
        replace: async (publication, unfit) => this.replace(publication, unfit),
        drop: async (publication, unfit) => this.drop(publication, unfit),
        published: async (publication) => this.published(publication),
      },
    });
    this.#teller = new Teller(env.DB, {
      shop: this.#shop(),
      definitions: this.#definitions,
      publications: this.#publications,
    });
    this.#alarm = new Alarm(ctx.storage, { dueMs: () => this.#dueMs(), soonestMs: SOONEST_MS });
  }

  get rowsWritten(): number {
    return this.#db.rowsWritten;
  }

  /** null: there is no such campaign. Creates nothing. */
  record(): CampaignRecord | null {
    return this.#definitions.current();
  }

  /** Writes the first version, once: told again it changes nothing, and the record is answered as it stands. */
  create(record: CampaignRecord, who: string): CampaignRecord {
    const known = this.#definitions.current();
    if (known !== null) return known;
    this.#db.migrate();
    this.#definitions.write(record, who, Date.now());
    this.#changed();
    return record;
  }

  change(change: CampaignChange, who: string, nowMs: number): Changed {
    return this.#next(who, (record) => changedRecord(record, change, nowMs) ?? 'discount_kind');
  }

  /** A job has made or imported so many codes for it, once; `failed`: it could not make those that were wanted. */
  made(job: string, vouchers: number, failed: boolean): Changed {
    return this.#next(job, (record) => {
      if (!this.#pool.isFirst(`made:${job}`)) return record;
      const making = failed ? 'failed' : 'done';
      const now = record.job === job ? ({ making, job: null } as const) : {};
      const campaign = { ...record.campaign, version: record.campaign.version + 1 };
      return { ...record, ...now, vouchers: record.vouchers + vouchers, campaign };
    });
  }

  /** Into the bin: none of its codes is good from now on. Its redemptions stay. */
  remove(who: string, nowMs: number): Changed {
    return this.#next(who, (record) => ({
      ...record,
      deletedAtMs: record.deletedAtMs ?? nowMs,
      campaign: { ...record.campaign, version: record.campaign.version + 1, updatedAtMs: nowMs },
    }));
  }

  /** Adds codes that nobody was given; a batch once. */
  addCodes(batch: string, codes: string[]): void {
    this.#db.migrate();
    this.#db.transaction(() => this.#pool.add(batch, codes));
  }

  poolSize(): number {
    return this.#pool.size();
  }

  /** Gives codes to a customer; the caller brings them there and says `published`. */
  publish(call: PublishCall): PublishAnswer {
    const record = this.#definitions.current();
    if (record === null) return { refusal: 'not_found' };
    this.#db.migrate();
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

  publication(id: string): Publication | null {
    return this.#publications.one(id);
  }

  /** Keeps a cost until it is posted or voided. */
  reserve(call: ReserveCall): Reserved {
    const reserved = this.#escrow.reserve(call, this.#capsOf(call), Date.now());
    this.#alarm.arm();
    return reserved;
  }

  /** It came about, for `actual`, at most what was kept. false: nothing was kept under this name. */
  post(op: string, actual: Cost | null): boolean {
    return this.#escrow.post(op, actual);
  }

  void(op: string): void {
    this.#escrow.void(op);
  }

  /** Takes a cost for good. */
  take(call: Taking): Reserved {
    return this.#escrow.take(call, this.#capsOf(call));
  }

  /** What was posted or taken is free again, once for each `op`. */
  giveBack(call: Pick<Taking, 'op' | 'cost' | 'customer' | 'atMs' | 'calendar'>, nowMs: number): void {
    this.#escrow.giveBack(call, nowMs);
  }

  /** What an object of codes did by itself; each of its numbers once. */
  hear(call: HearCall): void {
    this.#escrow.hear(call);
  }

  counts(call: Pick<Taking, 'counts' | 'customer' | 'atMs' | 'calendar'>): Counts {
    return this.#escrow.counts(call);
  }

  spent(): Spent {
    return spentOf(this.#escrow.budgets);
  }

  /** Tells copies of everything again. Throws where D1 fails. */
  async retell(): Promise<void> {
    await this.#teller.retell();
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    const looked = await this.#loose.end(Date.now());
    const told = await this.#teller.flush();
    this.#alarm.ended(looked && told);
    this.#alarm.arm();
  }

  #next(who: string, next: (record: CampaignRecord) => CampaignRecord | 'discount_kind'): Changed {
    const record = this.#definitions.current();
    if (record === null) return { refusal: 'not_found' };
    const after = this.#db.transaction(() => {
      const changed = next(record);
      if (changed !== 'discount_kind' && changed !== record) this.#definitions.write(changed, who, Date.now());
      return changed;
    });
    if (after === 'discount_kind') return { refusal: after };
    this.#changed();
    return { refusal: null, record: after };
  }

  #ended(publication: Publication | null): Publication | null {
    if (publication !== null && publication.state !== 'open') this.#changed();
    return publication;
  }

  #changed(): void {
    this.#teller.touch();
    this.#alarm.arm();
  }

  /** When there is something to do, by the wall clock; null: there is nothing. */
  #dueMs(): number | null {
    const times = [this.#loose.dueMs(), this.#teller.dueMs()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  #capsOf({ caps }: Pick<Taking, 'caps'>): Caps {
    return caps ?? this.#definitions.current()?.campaign.caps ?? NO_CAPS;
  }

  #minting({ campaign }: CampaignRecord): Minting | null {
    if (campaign.kind !== 'auto_update') return null;
    return { mint: codeMintOf(this.env.ROOT_SECRET, this.#shop()), plan: planOf(campaign.codes) };
  }

  #shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }
}
