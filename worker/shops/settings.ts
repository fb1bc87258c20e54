/** What a merchant sets, as the Shop object keeps it, and what the rest of the worker may know of a shop. */
import type { Connection } from '../domain/connections/connection.ts';
import type { Distribution } from '../domain/distributions/distribution.ts';
import type { EventRule } from '../domain/event-rules.ts';
import type { Programme } from '../domain/programme.ts';
import type { KeyKind, Scope } from './keys.ts';

export interface HubLinks {
  signIn: string | null;
  createAccount: string | null;
  account: string | null;
  privacy: string | null;
  terms: string | null;
  /** An address with `{code}` in it that puts a code into the cart; missing in settings older than it. */
  applyCode?: string | null;
}

export interface ShopifyConnection {
  domain: string;
  /** Absent in connections made before it was kept. */
  connectedAtMs?: number;
  /** The merchant removed the app in Shopify; what it still sends is verified and taken as before. */
  uninstalledAtMs?: number;
}

export interface ShopSettings {
  name: string;
  currency: string;
  timeZone: string;
  locale: string;
  mode: 'live' | 'test';
  /** Storefront origins that may use the publishable key. Empty: any. */
  origins: string[];
  /** `shared`: many customers in an object; `per_customer`: an object each. Given at birth, kept for life. */
  layout: 'shared' | 'per_customer';
  links: HubLinks;
  /** The shop platform whose orders count; null: orders come through Segment. */
  shopify: ShopifyConnection | null;
  programme: Programme;
  programmeVersion: number;
  /** What one key may send to the event endpoints a second, for each isolate: a write key requests, a publishable one events. */
  ingestPerSecond: number;
  /** What is done with events of a name before they are stored; missing in settings older than the rules. */
  eventRules?: EventRule[];
  /** Missing where there never were any. */
  distributions?: Distribution[];
  /** Missing where there never were any. */
  connections?: Connection[];
  /** Of segments and lists, which are kept apart; missing where there never were any. */
  segmentsVersion?: number;
  createdAtMs: number;
}

/** What a change names; links one by one, so that two changes of different links both count. */
export interface SettingsChange
  extends Partial<Omit<ShopSettings, 'links' | 'eventRules' | 'distributions' | 'connections'>> {
  links?: Partial<HubLinks>;
}

export interface StoredKey {
  id: string;
  kind: KeyKind;
  hash: string;
  hint: string;
  scopes: Scope[];
  createdAtMs: number;
  endsAtMs: number | null;
}

export interface StoredSecret {
  /** `shopify`, `identity:{kid}` or `connection:{id}`. */
  name: string;
  about: { algorithm?: 'HS256' | 'ES256' };
  sealed: string;
  createdAtMs: number;
  endsAtMs: number | null;
}

/** One read of the Shop object: all that a request needs to know of its shop. */
export interface ShopSnapshot {
  id: string;
  version: number;
  settings: ShopSettings;
  keys: StoredKey[];
  secrets: StoredSecret[];
}

export function orderSourceOf(shop: ShopSnapshot): 'shopify' | 'segment' {
  return shop.settings.shopify === null ? 'segment' : 'shopify';
}

const NO_RULES: readonly EventRule[] = [];

export function eventRulesOf({ settings }: Pick<ShopSnapshot, 'settings'>): readonly EventRule[] {
  return settings.eventRules ?? NO_RULES;
}
