/**
 * An object that keeps a budget: all of it, or a share of one that is hot. Which of the two its name tells. A thin shell:
 * what is decided, and in which of them, is in `splitting.ts` and `share.ts`.
 */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/campaign/0001_campaign.sql';
import second from '../../migrations/campaign/0002_shares.sql';
import type { Budgets, Cost } from '../domain/vouchers/budget.ts';
import { givenIn } from '../domain/vouchers/budget-shares.ts';
import type { Caps } from '../domain/vouchers/campaign.ts';
import type { Counts, Period } from '../domain/vouchers/facts.ts';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';
import { remote } from '../storage/remote.ts';
import { budgetsOf, plus, spentOf } from './budgets.ts';
import type { CountCall, HearCall, ReserveCall, Reserved, Spent, Taking } from './calls.ts';
import { Cooling } from './cooling.ts';
import { endOperation, keptOf } from './ending.ts';
import { Escrow, type Frame } from './escrow.ts';
import { hotPerSecond } from './heat.ts';
import { nameOfRoot, nameOfShare, shareIn } from './names.ts';
import { SharePart } from './share.ts';
import type { Deciding, Drawing, Ending, EndTold, Opening, Passed, Standing } from './share-calls.ts';
import { ShareStore } from './share-store.ts';
import { Splitting } from './splitting.ts';
import { Sums } from './sums.ts';

type GivingBack = Pick<Taking, 'op' | 'cost' | 'customer' | 'atMs' | 'calendar'>;

export abstract class BudgetObject extends DurableObject<Env> {
  protected readonly db: Database;
  protected readonly escrow: Escrow;
  protected readonly cooling: Cooling;
  readonly #store: ShareStore;
  readonly #sums: Sums;
  readonly #splitting: Splitting;
  readonly #part: SharePart;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.db = new Database(ctx.storage, [first, second]);
    this.#store = new ShareStore(this.db);
    const store = this.#store;
    this.escrow = new Escrow(this.db, () => (store.rows().length === 0 ? null : givenIn(store.rows()).used));
    const { escrow } = this;
    const share = (at: number) => this.#shareAt(at);
    this.#sums = new Sums(store, share);
    const sums = this.#sums;
    const hot = hotPerSecond(env.BUDGET_HOT_PER_SECOND);
    const say = (msg: string) => console.warn(JSON.stringify({ level: 'warn', msg, budget: this.#name() }));
    this.#splitting = new Splitting({
      escrow,
      store,
      sums,
      share,
      say,
      hot,
      capsOf: ({ caps }) => caps ?? this.caps(),
    });
    this.cooling = new Cooling({ store, sums, hot, merge: () => this.merge() });
    const own = shareIn(this.#name());
    this.#part = new SharePart({ share: own ?? 0, root: () => this.#root(), db: this.db, escrow });
  }

  /** Those of its definition. */
  protected abstract caps(): Caps;

  /** Something was kept, given away or taken back. */
  protected abstract spending(): void;

  /** Of all that decide on it together, as far as this object knows. */
  protected get budgets(): Budgets {
    const { used, held } = spentOf(this.escrow.budgets);
    const beside = givenIn(this.#store.rows());
    return budgetsOf({ used: plus(used, beside.used), held: plus(held, beside.held) });
  }

  /** Keeps a cost until it is posted or voided. */
  async reserve(call: ReserveCall): Promise<Reserved> {
    const here = (frame: Frame) => this.escrow.reserve(call, frame, Date.now());
    // what is to be given back always fits, and all of it is kept in one place
    if (call.by === -1) return this.#spent(here({ caps: this.caps(), beside: this.#sums.beside }));
    return this.#told(await this.#splitting.decide({ how: 'reserve', call }, here));
  }

  /** Takes a cost for good. */
  async take(call: Taking): Promise<Reserved> {
    return this.#told(await this.#splitting.decide({ how: 'take', call }, (frame) => this.escrow.take(call, frame)));
  }

  /** It came about, for `actual`, at most what was kept. false: nothing was kept under this name. */
  async post(op: string, actual: Cost | null): Promise<boolean> {
    return this.#spent(await this.#end(op, { became: 'posted', actual }));
  }

  async void(op: string): Promise<void> {
    this.#spent(await this.#end(op, { became: 'voided' }));
  }

  /** Which of these operations something is kept for. */
  kept(ops: string[]): Promise<string[]> {
    return keptOf({ escrow: this.escrow, store: this.#store }, (at) => this.#shareAt(at), ops);
  }

  /** What was posted or taken is free again, once for each `op`. */
  async giveBack(call: GivingBack, nowMs: number): Promise<void> {
    if (this.#splitting.isOpen) await this.#sums.ask(0);
    this.#spent(this.escrow.giveBack(call, nowMs));
  }

  /** What an object of codes did by itself; each of its numbers once. */
  async hear(call: HearCall): Promise<void> {
    if (this.#splitting.isOpen) await this.#sums.ask(0);
    this.#spent(this.escrow.hear(call));
  }

  /** While shares decide, of what is at most a quarter of a second old. */
  async counts(call: CountCall): Promise<Counts> {
    return this.escrow.counts(call, await this.#sums.besideOf(call));
  }

  /** All that was given away and is kept; while shares decide, of at most a quarter of a second ago. */
  async spent(): Promise<Spent> {
    const beside = await this.#sums.spent();
    const { used, held } = spentOf(this.escrow.budgets);
    return { used: plus(used, beside.used), held: plus(held, beside.held) };
  }

  /** Lets shares decide, whatever the load; of calls by these caps. */
  async split(call: Pick<Taking, 'caps' | 'bounds'>): Promise<void> {
    await this.#splitting.split(call);
    this.spending();
  }

  /** Takes the shares back: this object alone decides once it resolves. */
  async merge(): Promise<void> {
    await this.#splitting.merge();
    this.spending();
  }

  /** The first answer to an operation that was decided in this object. */
  known(op: string): Reserved | null {
    return this.escrow.answerOf(op);
  }

  draw(drawing: Drawing): Caps | Passed {
    return this.#splitting.draw(drawing);
  }

  async report(share: number, epoch: number, standing: Standing): Promise<void> {
    this.#spent(await this.#splitting.report(share, epoch, standing));
  }

  openShare(opening: Opening): boolean {
    return this.#part.open(opening);
  }

  closeShare(epoch: number): Standing & { seen: Uint8Array } {
    return this.#part.close(epoch);
  }

  async decideIn(deciding: Deciding, epoch: number | null): Promise<Reserved | Passed> {
    const told = await this.#part.decide(deciding, epoch, (frame) =>
      deciding.how === 'take'
        ? this.escrow.take(deciding.call, frame)
        : this.escrow.reserve(deciding.call, frame, Date.now()),
    );
    return this.#spent(told);
  }

  async endIn(op: string, ending: Ending, owner: { epoch: number } | null): Promise<EndTold> {
    return this.#spent(await this.#part.end(op, ending, owner));
  }

  keptIn(ops: string[]): string[] {
    return this.escrow.kept(ops);
  }

  keptFor(ops: string[]): Cost {
    return this.escrow.costKept(ops);
  }

  standing(): Standing {
    return this.#part.standing();
  }

  countsIn(call: CountCall): Counts | null {
    return this.#part.counts(call);
  }

  ofCustomer(call: CountCall): Record<Period, number> {
    return this.#part.ofCustomer(call);
  }

  /** The share tells what ended in it since it was closed. */
  protected reported(): Promise<void> {
    return this.#part.report();
  }

  /** No change of the caps is made beside shares: they decide by the caps that they were opened with. */
  protected async alone<T>(work: () => T): Promise<T> {
    while (this.#splitting.isOpen) await this.#splitting.merge();
    return work();
  }

  protected shop(): string {
    return this.#name().split(':')[1] ?? '';
  }

  #end(op: string, ending: Ending): Promise<boolean> {
    const share = (at: number) => this.#shareAt(at);
    const of = { escrow: this.escrow, store: this.#store, sums: this.#sums, splitting: this.#splitting, share };
    return endOperation(of, op, ending);
  }

  #told(reserved: Reserved): Reserved {
    return this.#spent(this.#splitting.isOpen ? { ...reserved, split: true } : reserved);
  }

  #spent<T>(done: T): T {
    this.spending();
    return done;
  }

  #name(): string {
    return this.ctx.id.name ?? '';
  }

  #shareAt(share: number) {
    return remote(this.env.CAMPAIGN, nameOfShare(this.#name(), share));
  }

  #root() {
    return remote(this.env.CAMPAIGN, nameOfRoot(this.#name()));
  }
}
