/**
 * What a row of the journal tells outside: the event that it is, then what it did to points where no row of its own says
 * that. The names are those of the catalogue of events. What is filled in afterwards is told to nobody; nor is what a source
 * tells of orders that it does not own, or what a new definition made of everybody who was there before. A row that came along
 * from another customer was told by that one.
 */
import type { JournalKind, JournalRow } from '../journal.ts';
import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { PointsEntry } from '../ledger.ts';
import { carriedFrom } from '../merge.ts';
import { groupProperties } from '../segments/told.ts';

export interface ToldEffect {
  /** 0: the row itself; n: its n-th entry. */
  effect: number;
  type: string;
  data: JsonObject;
}

/** Which effect of which row: enough to find it again, in the journal, when it is sent. */
export interface Pointer {
  customer: string;
  seq: number;
  effect: number;
  type: string;
}

/** Told under their kind, for no event caused them. */
const NAMELESS = new Set<JournalKind>(['segment.entered', 'segment.left', 'customer.merged', 'customer.erased']);
/** Rows that tell of their points themselves. */
const OWN_POINTS = new Set<JournalKind>(['points.released', 'points.spent', 'points.returned', 'points.expired']);

/** All that a row tells, in its order. */
export function toldBy(row: JournalRow): ToldEffect[] {
  if (row.kind === 'event.failed' || isNoNews(row) || carriedFrom(row) !== null) return [];
  const type = row.name ?? (NAMELESS.has(row.kind) ? row.kind : null);
  const own = type === null ? [] : [{ effect: 0, type, data: dataOf(row) }];
  return [...own, ...(OWN_POINTS.has(row.kind) ? [] : row.entries.flatMap(toldEntry))];
}

function isNoNews({ about }: JournalRow): boolean {
  return about.backfill === true || about.aside === true || about.announced === false;
}

function dataOf(row: JournalRow): JsonObject {
  const { name, about } = row;
  if (name === null) return groupProperties(row) ?? about;
  return isObject(about.properties) ? about.properties : {};
}

function toldEntry(entry: PointsEntry, place: number): ToldEffect[] {
  const type = entryName(entry);
  if (type === null) return [];
  const { kind, points, balanceAfter, orderId, reason, rule } = entry;
  const data = { kind, points, balanceAfter, orderId, reason, rule: rule === undefined ? null : { ...rule } };
  return [{ effect: place + 1, type, data }];
}

function entryName({ kind, orderId }: PointsEntry): string | null {
  switch (kind) {
    case 'earned':
      return orderId === null ? 'Points Earned' : 'Points Earned on Order';
    case 'restored':
      return 'Points Earned on Order';
    case 'adjusted':
      return 'Points Adjusted';
    case 'clawed_back':
      return 'Points Clawed Back';
    default:
      return null;
  }
}

/** The same on every attempt, for whoever receives it twice. */
export function eventId({ customer, seq, effect }: Pick<Pointer, 'customer' | 'seq' | 'effect'>): string {
  return `evt_${customer}_${seq}_${effect}`;
}

const EVENT_ID = /^evt_([A-Za-z0-9-]{1,100})_(\d{1,9})_(\d{1,4})$/;

/** null: no event has that id. */
export function parseEventId(id: string): Pick<Pointer, 'customer' | 'seq' | 'effect'> | null {
  const match = EVENT_ID.exec(id);
  if (match === null) return null;
  const [, customer = '', seq, effect] = match;
  return { customer, seq: Number(seq), effect: Number(effect) };
}
