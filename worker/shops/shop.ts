/** The Shop object: keys, settings and their versions, other systems' sealed secrets. The only writer of each. */
import { DurableObject } from 'cloudflare:workers';
import first from '../../migrations/shop/0001_shop.sql';
import privacy from '../../migrations/shop/0002_privacy.sql';
import clock from '../../migrations/shop/0003_clock.sql';
import segments from '../../migrations/shop/0004_segments.sql';
import notices from '../../migrations/shop/0005_notices.sql';
import { type ConnectionChange, type ConnectionRefusal, withConnection } from '../domain/connections/connection.ts';
import { type DistributionChange, type DistributionRefusal, withChange } from '../domain/distributions/distribution.ts';
import { type EventRule, type RuleRefusal, withoutRule, withRule } from '../domain/event-rules.ts';
import { withSwitch } from '../domain/inactivity/switched-on.ts';
import type { PrivacyRequest } from '../domain/privacy.ts';
import type { Env } from '../env.ts';
import { Database } from '../storage/database.ts';
import { Answered, type Claim } from './answered.ts';
import { Clock, type ClockReading, type ClockStep, type Due, type Entered } from './clock.ts';
import { type ForgetPerson, forgetPerson } from './forgetting.ts';
import { KeyRing } from './key-ring.ts';
import { type Notice, type NoticePlace, Notices } from './notices.ts';
import { PrivacyRequests, type RequestPlace } from './privacy.ts';
import { type BookChange, type BookWritten, type SegmentBook, SegmentBooks } from './segment-book.ts';
import type { SettingsChange, ShopSettings, ShopSnapshot, StoredKey, StoredSecret } from './settings.ts';
import { writeCopy } from './shop-copy.ts';

export class Shop extends DurableObject<Env> {
  readonly #db: Database;
  readonly #ring: KeyRing;
  readonly #answered: Answered;
  readonly #clock: Clock;
  readonly #privacy: PrivacyRequests;
  readonly #books: SegmentBooks;
  readonly #notices: Notices;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#db = new Database(ctx.storage, [first, privacy, clock, segments, notices]);
    this.#ring = new KeyRing(this.#db);
    this.#answered = new Answered(this.#db);
    this.#clock = new Clock(this.#db);
    this.#privacy = new PrivacyRequests(this.#db);
    this.#books = new SegmentBooks(this.#db);
    this.#notices = new Notices(this.#db);
  }

  /** All that requests need; null where no shop was made under this name. Creates nothing. */
  snapshot(): ShopSnapshot | null {
    const row = this.#db.one('SELECT version, body FROM settings ORDER BY version DESC LIMIT 1');
    if (row === null) return null;
    const settings = JSON.parse(String(row.body)) as ShopSettings;
    const about = { keys: this.#ring.keys(), secrets: this.#ring.secrets() };
    return { id: this.#id(), version: Number(row.version), settings, ...about };
  }

  /** Makes the shop with its first keys, once: a second call changes nothing and answers the shop as it is. */
  async create(settings: ShopSettings, keys: StoredKey[]): Promise<ShopSnapshot> {
    this.#db.migrate();
    this.#db.transaction(() => {
      if (this.#version() > 0) return;
      this.#writeSettings(settings, 'operator');
      for (const key of keys) this.#ring.writeKey(key);
    });
    return this.#told();
  }

  /** Replaces the settings, and each link, that `change` names; a new programme takes the new version's number. */
  async change(change: SettingsChange, who: string): Promise<ShopSnapshot> {
    this.#db.migrate();
    this.#db.transaction(() => {
      const now = this.#require();
      const links = { ...now.settings.links, ...change.links };
      this.#writeSettings({ ...now.settings, ...change, links, ...this.#programmeOf(change, now) }, who);
    });
    return this.#told();
  }

  /** What a shop keeps of its programme by itself: the version, and when an expiry was switched on. */
  #programmeOf({ programme }: SettingsChange, { settings, version }: ShopSnapshot) {
    if (programme === undefined) return {};
    const switched = withSwitch(programme, settings.programme, this.#clock.read().nowMs);
    return { programme: switched, programmeVersion: version + 1 };
  }

  /** Keeps an event rule in the place of one for the same name and source, or says why it cannot be kept. */
  async putEventRule(rule: EventRule, who: string): Promise<ShopSnapshot | RuleRefusal> {
    return this.#revise(who, (settings) => {
      const eventRules = withRule(settings.eventRules ?? [], rule);
      return Array.isArray(eventRules) ? { change: { eventRules } } : { refusal: eventRules };
    });
  }

  /** Drops an event rule. false: there is none for that name and source. */
  async dropEventRule(named: Pick<EventRule, 'event' | 'source'>, who: string): Promise<boolean> {
    const dropped = await this.#revise(who, ({ eventRules: now = [] }) => {
      const eventRules = withoutRule(now, named);
      return eventRules.length === now.length ? { refusal: 'unknown' as const } : { change: { eventRules } };
    });
    return dropped !== 'unknown';
  }

  /** Adds, changes or drops a distribution, or says why it cannot. */
  async changeDistributions(change: DistributionChange, who: string): Promise<ShopSnapshot | DistributionRefusal> {
    return this.#revise(who, (settings) => {
      const distributions = withChange(settings.distributions ?? [], change);
      return Array.isArray(distributions) ? { change: { distributions } } : { refusal: distributions };
    });
  }

  /** Adds, changes or drops a connection, or says why it cannot. */
  async changeConnections(change: ConnectionChange, who: string): Promise<ShopSnapshot | ConnectionRefusal> {
    return this.#revise(who, (settings) => {
      const connections = withConnection(settings.connections ?? [], change);
      return Array.isArray(connections) ? { change: { connections } } : { refusal: connections };
    });
  }

  /** Writes what a change makes of the settings, or answers why it cannot be made. */
  async #revise<Refusal>(
    who: string,
    revise: (settings: ShopSettings) => { change: Partial<ShopSettings> } | { refusal: Refusal },
  ): Promise<ShopSnapshot | Refusal> {
    this.#db.migrate();
    const refusal = this.#db.transaction(() => {
      const { settings } = this.#require();
      const revised = revise(settings);
      if ('refusal' in revised) return revised.refusal;
      this.#writeSettings({ ...settings, ...revised.change }, who);
      return null;
    });
    return refusal ?? this.#told();
  }

  /** Segments and lists, with the version they stand at. Creates nothing. */
  segmentBook(): SegmentBook {
    return this.#books.read(this.snapshot()?.settings.segmentsVersion ?? 0);
  }

  /** Writes or drops a segment or list, where the book still stands at `base`: who decided has seen all of it. */
  async changeBook(change: BookChange, who: string): Promise<BookWritten> {
    this.#db.migrate();
    const written = this.#db.transaction((): BookWritten => {
      const { settings, version } = this.#require();
      if ((settings.segmentsVersion ?? 0) !== change.base) return { refusal: 'changed' };
      const segmentsVersion = version + 1;
      const refusal = this.#books.apply(change, segmentsVersion);
      if (refusal !== null) return { refusal };
      this.#writeSettings({ ...settings, segmentsVersion }, who);
      return { refusal: null, version: segmentsVersion };
    });
    if (written.refusal === null) await this.#told();
    return written;
  }

  /** Adds a key, and answers it as it is stored: a rerun adds nothing, and cannot bring an ended key back. */
  addKey(key: StoredKey): StoredKey {
    this.#db.migrate();
    this.#db.transaction(() => this.#ring.writeKey(key));
    return this.#ring.keys().find((one) => one.id === key.id) ?? key;
  }

  /** Ends a key at `endsAtMs` (now: revoked; later: an overlap). A key never lives longer by this. false: no such key. */
  endKey(id: string, endsAtMs: number): boolean {
    const known = this.#ring.keys().find((key) => key.id === id);
    if (known === undefined) return false;
    this.#db.run('UPDATE api_key SET ends_ms = MIN(COALESCE(ends_ms, ?1), ?1) WHERE id = ?2', endsAtMs, id);
    return true;
  }

  /** Adds a sealed secret, and answers it as it is stored: a rerun adds nothing. */
  addSecret(secret: StoredSecret): StoredSecret {
    this.#db.migrate();
    this.#db.transaction(() => this.#ring.writeSecret(secret));
    return this.#ring.secrets().find((one) => one.name === secret.name) ?? secret;
  }

  /** Puts a sealed secret; the one it replaces stays good until `keepUntilMs` under the same name. */
  putSecret(secret: StoredSecret, keepUntilMs: number): void {
    this.#db.migrate();
    this.#db.transaction(() => {
      this.#ring.retire(secret.name, keepUntilMs);
      this.#db.run('DELETE FROM secret WHERE name = ?', secret.name);
      this.#ring.writeSecret(secret);
    });
  }

  dropSecret(name: string): boolean {
    const known = this.#ring.secrets().some((secret) => secret.name === name);
    if (known) this.#db.run("DELETE FROM secret WHERE name = ?1 OR name = ?1 || ':old'", name);
    return known;
  }

  /** `Answered.claim`. */
  claim(key: string, fingerprint: string): Claim {
    return this.#answered.claim(key, fingerprint);
  }

  finish(key: string, status: number, body: string): void {
    this.#answered.finish(key, status, body);
  }

  release(key: string): void {
    this.#answered.release(key);
  }

  /** The clock of a test shop. Creates nothing. */
  clock(): ClockReading {
    return this.#clock.read();
  }

  /** A write begins in an object of customers: the instant it is at, and the token it leaves with. */
  enterClock(object: string): Entered {
    this.#db.migrate();
    return this.#db.transaction(() => this.#clock.enter(object));
  }

  /** The write has ended; a later one's word counts more. */
  leaveClock(due: Due): void {
    this.#clock.leave(due);
  }

  /** Takes over what the objects of the step before answered, and moves on. */
  stepClock(targetMs: number, dues: Due[]): ClockStep {
    this.#db.migrate();
    return this.#db.transaction(() => {
      for (const due of dues) this.#clock.leave(due);
      return this.#clock.step(targetMs);
    });
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

  /** As `forgetPerson`. */
  forget(who: ForgetPerson): Promise<string | null> {
    return forgetPerson(who, { answered: this.#answered, privacy: this.#privacy, env: this.env, shop: this.#id() });
  }

  /** Keeps what the merchant should know, once for each of its occasions. */
  keepNotice(notice: Notice): void {
    this.#notices.keep(notice);
  }

  /** Newest first. */
  notices(before: NoticePlace | null, limit: number): Notice[] {
    return this.#notices.page(before, limit);
  }

  /** Tells D1's copy again; for rebuilding. Throws where D1 fails. */
  async retell(): Promise<void> {
    await writeCopy(this.env.DB, this.#require());
  }

  /** Tells D1's copy, best effort: the operator's list reads it, nothing else does. */
  async #told(): Promise<ShopSnapshot> {
    const shop = this.#require();
    try {
      await writeCopy(this.env.DB, shop);
    } catch (error) {
      const about = { level: 'error', msg: 'shop copy not written', shop: shop.id, error: String(error) };
      console.error(JSON.stringify(about));
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
    const sql = 'INSERT INTO settings (version, at_ms, who, body) VALUES (?, ?, ?, ?)';
    this.#db.run(sql, this.#version() + 1, Date.now(), who, JSON.stringify(settings));
  }
}
