/**
 * The Codes object: a shard of a shop's codes, who owns each, and the vouchers that nobody holds. A thin shell: it finds the
 * terms, runs one transaction, tells who listens. What a call means is decided in `domain` and beside.
 */
import { DurableObject } from 'cloudflare:workers';
import { codeKey } from '../domain/vouchers/codes.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { Redemption } from '../domain/vouchers/voucher.ts';
import type { Env } from '../env.ts';
import type { Outcome } from '../holds/coordinator.ts';
import type { VoucherCopies } from '../projection/voucher-rows.ts';
import { codeMakerOf } from '../shops/code-maker.ts';
import { Alarm } from '../storage/alarm.ts';
import { ownCounts, type Sources, voucherOf } from './asking.ts';
import type {
  At,
  ChangeAnswer,
  Claim,
  Claimed,
  FindCall,
  Found,
  Keyed,
  LockCall,
  RedeemAnswer,
  RedeemCall,
  RollBackAnswer,
  RollBackCall,
} from './calls.ts';
import { Changes, type CodeChange, type CodeCredit, type LockAnswer, type ReleaseAnswer } from './changes.ts';
import { type Assigned, type Assignment, Claims } from './claims.ts';
import type { Entry, Hold } from './entries.ts';
import { type CodesErasure, erase } from './erasing.ts';
import { foundOf } from './found.ts';
import { endOf, Holds } from './holds.ts';
import { Outbox } from './outbox.ts';
import { redeemedBefore } from './replay.ts';
import { Rollbacks } from './rollbacks.ts';
import { CodeStore } from './store.ts';
import { campaignsListener } from './tell-campaigns.ts';
import { type CopyPlace, copiesAfter, copiesListener, tellErased } from './tell-copies.ts';
import { customersListener } from './tell-customers.ts';
import { type OfferTerms, offerTerms } from './terms.ts';
import { Uses } from './uses.ts';

const SOONEST_MS = 5_000;

export class Codes extends DurableObject<Env> {
  readonly #store: CodeStore;
  readonly #uses: Uses;
  readonly #rollbacks: Rollbacks;
  readonly #changes: Changes;
  readonly #claims: Claims;
  readonly #holds: Holds;
  readonly #outbox: Outbox;
  readonly #alarm: Alarm;
  #latestMs = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CodeStore(ctx.storage);
    this.#uses = new Uses(this.#store);
    this.#rollbacks = new Rollbacks(this.#store);
    this.#changes = new Changes(this.#store);
    this.#claims = new Claims(this.#store);
    const parts = { store: this.#store, uses: this.#uses, rollbacks: this.#rollbacks, claims: this.#claims };
    this.#holds = new Holds(parts);
    const shop = this.#shop();
    const listeners = {
      d1: copiesListener(env.DB, shop, { store: this.#store, idOf: this.#idOf }),
      customers: customersListener(env, shop, this.#store),
      campaigns: campaignsListener(env, shop, ctx.id.name ?? ''),
    };
    this.#outbox = new Outbox(this.#store, listeners, (msg, error) => this.#report(msg, error));
    this.#alarm = new Alarm(ctx.storage, { dueMs: () => this.#dueMs(), soonestMs: SOONEST_MS });
  }

  get rowsWritten(): number {
    return this.#store.rowsWritten;
  }

  /** Everybody knows everything that happened here. */
  get isQuiet(): boolean {
    return !this.#outbox.behind;
  }

  get rowsRead(): number {
    return this.#store.rowsRead;
  }

  /** Where each of the codes leads, in order. Creates nothing. */
  async find({ codes, customer, clockMs }: FindCall): Promise<Found[]> {
    const keys = codes.map(codeKey);
    const rows = this.#store.codes(keys);
    const terms = await this.#terms([...rows.values()].map(({ campaign }) => campaign));
    const from = this.#sources(terms, clockMs);
    return keys.map((key): Found => {
      const row = rows.get(key) ?? null;
      const found = foundOf(row, this.#idOf);
      if (found !== null || row === null) return found ?? { owner: 'none' };
      return { owner: 'here', voucher: voucherOf(row, terms, this.#idOf), counts: ownCounts(row, customer, from) };
    });
  }

  /** Which of the codes are somebody's, or were. */
  taken(codes: string[]): boolean[] {
    const keys = codes.map(codeKey);
    const known = this.#store.codes(keys);
    return keys.map((key) => known.has(key));
  }

  redeem(call: RedeemCall): Promise<RedeemAnswer> {
    return this.#changing(
      call,
      call.uses.map(({ code }) => code),
      (from) => this.#uses.redeem(call, from),
    );
  }

  /** Keeps a refusal under its key, that came about before anything here was asked. */
  refuse(call: Keyed, refused: Refused): RedeemAnswer {
    return this.#store.transaction(() => this.#uses.refuse(call, refused));
  }

  /** What was held has come about. false: nothing is held under this key. */
  post(key: string, at: At): Promise<boolean> {
    return this.#changing(at, [], (from) => this.#holds.post(key, nowOf(from)));
  }

  /** What was held never will come about, nor what is yet to come under this key. */
  void(key: string, fingerprint: string, at: At): Promise<void> {
    return this.#changing(at, [], (from) => this.#holds.void(key, fingerprint, nowOf(from)));
  }

  /** For participants: what became of an operation that is decided here; `place` in it. One that never came never will. */
  outcome(key: string, fingerprint: string, place: number): Outcome {
    return this.#store.transaction(() => this.#holds.outcome(key, fingerprint, place));
  }

  /** The first answer to a key; null: it is new. Creates nothing. */
  known(call: Keyed): RedeemAnswer | null {
    return redeemedBefore(this.#store, call);
  }

  rollBack(call: RollBackCall): Promise<RollBackAnswer> {
    return this.#changing(call, [], (from) => this.#rollbacks.rollBack(call, nowOf(from)));
  }

  lock(call: LockCall): Promise<LockAnswer> {
    return this.#changing(call, [call.use.code], (from) => this.#changes.lock(call, from));
  }

  release(code: string, lockKey: string, at: At): Promise<ReleaseAnswer> {
    return this.#changing(at, [code], (from) => this.#changes.release(code, lockKey, from));
  }

  change(call: CodeChange & At): Promise<ChangeAnswer> {
    return this.#changing(call, [call.code], (from) => this.#changes.change(call, from));
  }

  credit(call: CodeCredit & At): Promise<ChangeAnswer> {
    return this.#changing(call, [call.code], (from) => this.#changes.credit(call, from));
  }

  remove(call: Keyed & At & { code: string }): Promise<ChangeAnswer> {
    return this.#changing(call, [call.code], (from) => this.#changes.remove(call, from));
  }

  /** Makes codes somebody's, each that is nobody's yet. */
  claim(claims: Claim[], { clockMs }: At): Claimed[] {
    const now = this.#now(clockMs);
    const claimed = this.#store.transaction(() => this.#claims.claim(claims, now));
    this.#touch();
    return claimed;
  }

  assign(call: Assignment & At): Promise<Assigned> {
    return this.#changing(call, [call.code], (from) => this.#claims.assign(call, from));
  }

  /** The customer has it. */
  assigned(publication: string): void {
    this.#store.transaction(() => this.#claims.assigned(publication));
  }

  /** An erased customer's codes come back, and nobody knows who used others; answers which vouchers are back here. */
  async erase(call: CodesErasure & At): Promise<string[]> {
    const back = await this.#changing(call, [], ({ now }) => erase(this.#store, call, now));
    await tellErased(this.env.DB, this.#shop(), { store: this.#store, idOf: this.#idOf, call });
    return back;
  }

  unassign(code: string, publication: string): void {
    this.#store.transaction(() => this.#claims.unassign(code, publication, this.#now(null)));
    this.#touch();
  }

  /** What a redemption left; null: nothing is called so here. */
  redemption(id: string): Entry | null {
    return this.#rollbacks.entryOf(id);
  }

  /** What was redeemed together under a parent that was decided on here; others have some of it as it was then. */
  stack(parent: string): Redemption[] {
    return this.#rollbacks.stackOf(parent);
  }

  /** What happened to a code, the newest first; `before`: the number of the last one of the page before. */
  history(code: string, before: number | null, limit: number): Entry[] {
    const from = before === null ? this.#store.code(codeKey(code))?.last : this.#store.entry(before)?.prev;
    return from == null ? [] : this.#store.history(from, limit);
  }

  /** Resolves true once copies know all that happened here, false where that takes longer than `ms`. */
  settled(ms: number): Promise<boolean> {
    return this.#outbox.settled('d1', ms);
  }

  /** What copies should hold of the codes here and of what was done with them, a page at a time; `next` null: that was all. */
  async copies(place: CopyPlace, settleMs: number): Promise<{ copies: VoucherCopies; next: CopyPlace | null }> {
    if (settleMs > 0) await this.settled(settleMs);
    return copiesAfter({ store: this.#store, idOf: this.#idOf }, place);
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang();
    const ended = await this.#endLoose();
    const told = await this.#outbox.flush(true);
    this.#alarm.ended(ended && told);
    this.#alarm.arm();
  }

  async #endLoose(): Promise<boolean> {
    const ended = await Promise.all(this.#holds.loose(Date.now()).map((loose) => this.#endOne(loose)));
    return ended.every((one) => one);
  }

  async #endOne({ key, hold }: { key: string; hold: Hold }): Promise<boolean> {
    try {
      const state = await endOf(this.env, this.#shop(), hold);
      const at = { clockMs: this.#latestMs || null };
      if (state === 'posted') await this.post(key, at);
      if (state === 'voided' && hold.kind === 'assignment') this.unassign(hold.operation.voucher.code, key);
      else if (state === 'voided') await this.void(key, hold.fingerprint, at);
      return state !== 'open';
    } catch (error) {
      this.#report('a hold was put off', error);
      return false;
    }
  }

  /** One transaction, at the shop's instant. */
  async #changing<T>({ clockMs }: At, codes: string[], work: (from: Sources) => T): Promise<T> {
    const rows = this.#store.codes(codes.map(codeKey));
    const terms = await this.#terms([...rows.values()].map(({ campaign }) => campaign));
    const from = this.#sources(terms, clockMs);
    const done = this.#store.transaction(() => work(from));
    this.#latestMs = from.now;
    this.#touch();
    return done;
  }

  #sources(terms: OfferTerms, clockMs: number | null): Sources {
    const tallyOf = (code: string, customer: string) => this.#store.tallyOf(code, customer);
    return { terms, now: this.#now(clockMs), idOf: this.#idOf, tallyOf };
  }

  /** Clocks of machines may be set back; nothing here is ever decided before something that was. */
  #now(clockMs: number | null): number {
    return Math.max(clockMs ?? Date.now(), this.#latestMs);
  }

  #terms(campaigns: (string | null)[]): Promise<OfferTerms> {
    return offerTerms(this.env, this.#shop(), campaigns);
  }

  #touch(): void {
    this.#outbox.touch();
    this.#alarm.arm();
  }

  #dueMs(): number | null {
    const times = [this.#holds.dueMs(), this.#outbox.dueMs()].filter((at) => at !== null);
    return times.length === 0 ? null : Math.min(...times);
  }

  readonly #idOf = (code: string): string => codeMakerOf(this.env.ROOT_SECRET, this.#shop()).idOf(code);

  #shop(): string {
    return (this.ctx.id.name ?? '').split(':')[1] ?? '';
  }

  #report(msg: string, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    console.error(JSON.stringify({ level: 'error', msg, shop: this.#shop(), stack }));
  }
}

function nowOf({ terms, now }: Sources) {
  return { calendar: terms.calendar, now };
}
