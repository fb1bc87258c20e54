/** The Shop object: keys, settings and their versions, other systems' sealed secrets. The only writer of each. */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/shop/0001_shop.sql';
import privacy from '../../migrations/shop/0002_privacy.sql';
import clock from '../../migrations/shop/0003_clock.sql';
import type { PrivacyRequest } from '../domain/privacy.ts';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';
import { within } from '../time/deadline.ts';
import { Clock, type ClockReading, type ClockStep, type Due, type Entered } from './clock.ts';
import { PrivacyRequests, type RequestPlace } from './privacy.ts';
import type { SettingsChange, ShopSettings, ShopSnapshot, StoredKey, StoredSecret } from './settings.ts';

export type Claim =
  | { state: 'new' }
  | { state: 'running' }
  | { state: 'mismatch' }
  | { state: 'answered'; status: number; body: string };

const CLAIM_MS = 30_000;
/** How long a writer may wait for D1's copy, which nobody but the operator's list reads. */
const COPY_MS = 1_000;

export class Shop extends DurableObject<Env> {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #privacy: PrivacyRequests;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first, privacy, clock]);
    this.#clock = new Clock(this.#db);
    this.#privacy = new PrivacyRequests(this.#db);
  }

  /** All that requests need; null where no shop was made under this name. Creates nothing. */
  snapshot(): ShopSnapshot | null {
    const row = this.#db.one('SELECT version, body FROM settings ORDER BY version DESC LIMIT 1');
    if (row === null) return null;
    const settings = JSON.parse(String(row.body)) as ShopSettings;
    return {
      id: this.#id(),
      version: Number(row.version),
      settings,
      keys: this.#keys(),
      secrets: this.#secrets(),
    };
  }

  /** Makes the shop with its first keys, once: a second call changes nothing and answers the shop as it is. */
  async create(settings: ShopSettings, keys: StoredKey[]): Promise<ShopSnapshot> {
    this.#db.migrate();
    this.#db.transaction(() => {
      if (this.#version() > 0) return;
      this.#writeSettings(settings, 'operator');
      for (const key of keys) this.#writeKey(key);
    });
    return this.#told();
  }

  /** Replaces the settings, and each link, that `change` names; a new programme takes the new version's number. */
  async change(change: SettingsChange, who: string): Promise<ShopSnapshot> {
    this.#db.migrate();
    this.#db.transaction(() => {
      const now = this.#require();
      const programmeVersion = change.programme ? now.version + 1 : now.settings.programmeVersion;
      const links = { ...now.settings.links, ...change.links };
      this.#writeSettings({ ...now.settings, ...change, links, programmeVersion }, who);
    });
    return this.#told();
  }

  /** Adds a key, and answers it as it is stored: a rerun adds nothing, and cannot bring an ended key back. */
  addKey(key: StoredKey): StoredKey {
    this.#db.migrate();
    this.#db.transaction(() => this.#writeKey(key));
    return this.#keys().find((one) => one.id === key.id) ?? key;
  }

  /** Ends a key at `endsAtMs` (now: revoked; later: an overlap). A key never lives longer by this. false: no such key. */
  endKey(id: string, endsAtMs: number): boolean {
    const known = this.#keys().find((key) => key.id === id);
    if (known === undefined) return false;
    this.#db.run('UPDATE api_key SET ends_ms = MIN(COALESCE(ends_ms, ?1), ?1) WHERE id = ?2', endsAtMs, id);
    return true;
  }

  /** Adds a sealed secret, and answers it as it is stored: a rerun adds nothing. */
  addSecret(secret: StoredSecret): StoredSecret {
    this.#db.migrate();
    this.#db.transaction(() => this.#writeSecret(secret));
    return this.#secrets().find((one) => one.name === secret.name) ?? secret;
  }

  /** Puts a sealed secret; the one it replaces stays good until `keepUntilMs` under the same name. */
  putSecret(secret: StoredSecret, keepUntilMs: number): void {
    this.#db.migrate();
    this.#db.transaction(() => {
      this.#retire(secret.name, keepUntilMs);
      this.#db.run('DELETE FROM secret WHERE name = ?', secret.name);
      this.#writeSecret(secret);
    });
  }

  dropSecret(name: string): boolean {
    const known = this.#secrets().some((secret) => secret.name === name);
    if (known) this.#db.run("DELETE FROM secret WHERE name = ?1 OR name = ?1 || ':old'", name);
    return known;
  }

  /**
   * Claims an Idempotency-Key for one run of its request. `new`: run it, then `finish` or `release`; a claim whose runner
   * died is free again after half a minute.
   */
  claim(key: string, fingerprint: string): Claim {
    const row = this.#db.one('SELECT fingerprint, at_ms, status, body FROM answered WHERE key = ?', key);
    const stale = row !== null && Number(row.status) === 0 && Date.now() - Number(row.at_ms) > CLAIM_MS;
    if (row !== null && row.fingerprint !== fingerprint) return { state: 'mismatch' };
    if (row !== null && Number(row.status) > 0)
      return {
        state: 'answered',
        status: Number(row.status),
        body: String(row.body),
      };
    if (row !== null && !stale) return { state: 'running' };
    this.#db.migrate();
    this.#db.run(
      `INSERT INTO answered (key, fingerprint, at_ms, status, body) VALUES (?, ?, ?, 0, '')
       ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms`,
      key,
      fingerprint,
      Date.now(),
    );
    return { state: 'new' };
  }

  /** Keeps the answer for every later request with the key; `body` is sealed by the caller, it may show a new key. */
  finish(key: string, status: number, body: string): void {
    this.#db.run('UPDATE answered SET status = ?, body = ? WHERE key = ?', status, body, key);
  }

  /** The request was refused before it did anything: the key is as good as new. */
  release(key: string): void {
    this.#db.run('DELETE FROM answered WHERE key = ? AND status = 0', key);
  }

  /** The clock of a test shop. Creates nothing. */
  clock(): ClockReading {
    return this.#clock.read();
  }

  enterClock(object: string): Entered {
    this.#db.migrate();
    return this.#db.transaction(() => this.#clock.enter(object));
  }

  leaveClock(due: Due): void {
    this.leaveClocks([due]);
  }

  leaveClocks(dues: Due[]): void {
    this.#db.migrate();
    this.#db.transaction(() => {
      for (const due of dues) this.#clock.leave(due);
    });
  }

  stepClock(targetMs: number): ClockStep {
    this.#db.migrate();
    return this.#db.transaction(() => this.#clock.step(targetMs));
  }

  settingsVersion(version: number): ShopSettings | null {
    const row = this.#db.one('SELECT body FROM settings WHERE version = ?', version);
    return row === null ? null : (JSON.parse(String(row.body)) as ShopSettings);
  }

  /** false: it was kept before. */
  keepPrivacyRequest(request: PrivacyRequest): boolean {
    return this.#privacy.keep(request);
  }

  privacyRequest(id: string): PrivacyRequest | null {
    return this.#privacy.one(id);
  }

  /** Newest first. */
  privacyRequests(before: RequestPlace | null, limit: number): PrivacyRequest[] {
    return this.#privacy.page(before, limit);
  }

  #retire(name: string, keepUntilMs: number): void {
    this.#db.run(
      `INSERT OR REPLACE INTO secret (name, about, sealed, created_ms, ends_ms)
       SELECT name || ':old', about, sealed, created_ms, ?2 FROM secret WHERE name = ?1`,
      name,
      keepUntilMs,
    );
  }

  /** Tells D1's copy again; for rebuilding. Throws where D1 fails. */
  async retell(): Promise<void> {
    await this.#tell(this.#require());
  }

  async #tell(shop: ShopSnapshot): Promise<void> {
    const { name, mode, createdAtMs } = shop.settings;
    const written = this.env.DB.prepare(
      `INSERT INTO shop (shop, name, mode, created_ms, version, settings) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, mode = excluded.mode, version = excluded.version,
         settings = excluded.settings WHERE excluded.version >= version`,
    )
      .bind(shop.id, name, mode, createdAtMs, shop.version, JSON.stringify(shop.settings))
      .run();
    await within(COPY_MS, written, () => {
      throw new Error('D1 did not answer in time');
    });
  }

  /** Tells D1's copy, best effort: the operator's list reads it, nothing else does. */
  async #told(): Promise<ShopSnapshot> {
    const shop = this.#require();
    try {
      await this.#tell(shop);
    } catch (error) {
      console.error(
        JSON.stringify({
          level: 'error',
          msg: 'shop copy not written',
          shop: shop.id,
          error: String(error),
        }),
      );
    }
    return shop;
  }

  #require(): ShopSnapshot {
    const shop = this.snapshot();
    if (shop === null) throw new Error('no such shop');
    return shop;
  }

  #id(): string {
    return (this.ctx.id.name ?? '').slice('shop:'.length);
  }

  #version(): number {
    return Number(this.#db.one('SELECT MAX(version) AS version FROM settings')?.version ?? 0);
  }

  #writeSettings(settings: ShopSettings, who: string): void {
    this.#db.run(
      'INSERT INTO settings (version, at_ms, who, body) VALUES (?, ?, ?, ?)',
      this.#version() + 1,
      Date.now(),
      who,
      JSON.stringify(settings),
    );
  }

  #writeKey(key: StoredKey): void {
    this.#db.run(
      `INSERT INTO api_key (id, kind, hash, hint, scopes, created_ms, ends_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      key.id,
      key.kind,
      key.hash,
      key.hint,
      JSON.stringify(key.scopes),
      key.createdAtMs,
      key.endsAtMs,
    );
  }

  #writeSecret(secret: StoredSecret): void {
    this.#db.run(
      `INSERT INTO secret (name, about, sealed, created_ms, ends_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      secret.name,
      JSON.stringify(secret.about),
      secret.sealed,
      secret.createdAtMs,
      secret.endsAtMs,
    );
  }

  #keys(): StoredKey[] {
    return this.#db.all('SELECT * FROM api_key ORDER BY created_ms, id').map((row) => ({
      id: String(row.id),
      kind: String(row.kind) as StoredKey['kind'],
      hash: String(row.hash),
      hint: String(row.hint),
      scopes: JSON.parse(String(row.scopes)) as StoredKey['scopes'],
      createdAtMs: Number(row.created_ms),
      endsAtMs: row.ends_ms === null ? null : Number(row.ends_ms),
    }));
  }

  #secrets(): StoredSecret[] {
    return this.#db.all('SELECT * FROM secret ORDER BY created_ms, name').map((row) => ({
      name: String(row.name),
      about: JSON.parse(String(row.about)) as StoredSecret['about'],
      sealed: String(row.sealed),
      createdAtMs: Number(row.created_ms),
      endsAtMs: row.ends_ms === null ? null : Number(row.ends_ms),
    }));
  }
}
