/**
 * Tells connections what the journal recorded, as pointers into it: gathers for a moment, asks which connections there are,
 * and tells each what it wants. Whoever records waits for none of it. Costs nothing where the shop has no connection.
 */
import { type Connection, wants } from '../domain/connections/connection.ts';
import { type Pointer, toldBy } from '../domain/connections/told.ts';
import { ERASED } from '../domain/customer.ts';
import type { JournalRow } from '../domain/journal.ts';
import type { Env } from '../env.ts';
import { openShop, openTerms } from '../shops/cache.ts';
import type { ShopSnapshot } from '../shops/settings.ts';
import { remote } from '../storage/remote.ts';
import { retryAfterMs } from '../time/retry.ts';
import type { CustomerStore } from './store.ts';

const READER = 'connections';
const GATHER_MS = 20;
/** While changes keep coming. */
const BUSY_GATHER_MS = 150;
/** For so long an isolate may not have known of a connection: of what was told then it is told again. */
const STALE_MS = 10_000;
/** How far all is told is kept this often where there was nothing to tell. */
const KEEP_MS = 60_000;
const A_CALL = 1_000;
const A_PAGE = 500;
const MOST_LOOKED = 1_000;
const NO_CONNECTIONS: readonly Connection[] = [];

interface Recorded {
  customer: string;
  row: JournalRow;
}

export class Announcer {
  readonly #env: Env;
  readonly #store: CustomerStore;
  readonly #shop: () => string;
  /** Those who know all that happened before this instance began. */
  readonly #introduced = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<void> | null = null;
  #failures = 0;
  #asks = false;
  #lastMs = 0;

  constructor(env: Env, store: CustomerStore, shop: () => string) {
    this.#env = env;
    this.#store = store;
    this.#shop = shop;
  }

  get behind(): boolean {
    return !this.#store.unheard.isEmpty;
  }

  /** How long the next try waits after failures; 0 where the last one went well. */
  get backOffMs(): number {
    return this.#failures === 0 ? 0 : retryAfterMs(this.#failures);
  }

  /**
   * There is something new; it is told soon, together with what comes until then. `asks`: nobody brought the newest settings
   * along, so they are asked for.
   */
  touch(asks = false): void {
    this.#asks ||= asks;
    if (!this.behind || this.#flight !== null) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, this.#waitMs());
  }

  /** Tells all there is; a failure is logged and tried again. */
  flush(asks = false): Promise<void> {
    this.#asks ||= asks;
    this.#flight ??= this.#tellAll().finally(() => {
      this.#flight = null;
      this.#lastMs = Date.now();
      this.touch();
    });
    return this.#flight;
  }

  #waitMs(): number {
    if (this.#failures > 0) return retryAfterMs(this.#failures);
    return Date.now() - this.#lastMs < 2 * BUSY_GATHER_MS ? BUSY_GATHER_MS : GATHER_MS;
  }

  async #tellAll(): Promise<void> {
    try {
      const { version, settings } = await this.#settings();
      const connections = settings.connections ?? NO_CONNECTIONS;
      if (connections.length === 0) return void this.#store.unheard.take();
      await this.#introduce(connections, version);
      const upToMs = this.#store.latestMs;
      const told = await this.#tellNew(connections, version);
      // where nothing was wanted, looking through it once more finds nothing either
      if (told > 0 || upToMs - this.#store.told(READER) >= KEEP_MS)
        this.#store.transaction(() => this.#store.setTold(READER, upToMs));
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      const about = { shop: this.#shop(), failures: this.#failures, error: String(error) };
      console.error(JSON.stringify({ level: 'error', msg: 'connections not told', ...about }));
    }
  }

  /** Who has a connection asks every two seconds whether there are others; who has none knows it from whoever calls. */
  async #settings(): Promise<ShopSnapshot> {
    const asks = this.#asks;
    const known = await openTerms(this.#env, this.#shop(), 1);
    if (!asks && (known.settings.connections ?? NO_CONNECTIONS).length === 0) return known;
    const now = (await openShop(this.#env, this.#shop())) ?? known;
    this.#asks = false;
    return now;
  }

  /** Tells those that this instance never told what was recorded since; a crash or a short memory kept it from them. */
  async #introduce(connections: readonly Connection[], version: number): Promise<void> {
    const toldMs = this.#store.told(READER) - STALE_MS;
    for (const connection of connections) {
      if (this.#introduced.has(connection.id)) continue;
      const sinceMs = Math.max(connection.activeFromMs, toldMs);
      for (let after = ''; ; ) {
        const customers = this.#store.decidedSince(sinceMs, after, MOST_LOOKED);
        for (const customer of customers)
          await this.#tell(
            [connection],
            version,
            this.#own(customer, this.#store.unheard.rowsSince(customer, sinceMs)),
          );
        if (customers.length < MOST_LOOKED) break;
        after = customers.at(-1) ?? after;
      }
      this.#introduced.add(connection.id);
    }
  }

  /** Tells what commits brought; answers how many pointers that were. */
  async #tellNew(connections: readonly Connection[], version: number): Promise<number> {
    const taken = this.#store.unheard.take();
    let told = 0;
    try {
      let rows: Recorded[] = [];
      for (const [customer, from] of taken) {
        rows.push(...this.#own(customer, this.#store.unheard.rowsAfter(customer, from)));
        if (rows.length < A_PAGE) continue;
        told += await this.#tell(connections, version, rows);
        rows = [];
      }
      told += await this.#tell(connections, version, rows);
    } catch (error) {
      this.#store.unheard.putBack(taken);
      throw error;
    }
    return told;
  }

  /** What stays of somebody erased was told when it happened. */
  #own(customer: string, rows: JournalRow[]): Recorded[] {
    const isErased = rows.length > 0 && this.#store.head(customer)?.movedTo === ERASED;
    return rows.flatMap((row) => (isErased && row.kind !== 'customer.erased' ? [] : { customer, row }));
  }

  async #tell(connections: readonly Connection[], version: number, rows: Recorded[]): Promise<number> {
    let told = 0;
    for (const connection of connections) {
      const pointers = rows.flatMap(({ customer, row }) => pointersFor(connection, customer, row));
      const object = remote(this.#env.CONNECTION, `connection:${this.#shop()}:${connection.id}`);
      for (let at = 0; at < pointers.length; at += A_CALL)
        await object.accept(version, pointers.slice(at, at + A_CALL));
      told += pointers.length;
    }
    return told;
  }
}

function pointersFor(connection: Connection, customer: string, row: JournalRow): Pointer[] {
  if (row.recordedAtMs < connection.activeFromMs) return [];
  return toldBy(row).flatMap(({ effect, type }) =>
    wants(connection, type) ? [{ customer, seq: row.seq, effect, type }] : [],
  );
}
