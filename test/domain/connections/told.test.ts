/** What a row of the journal tells, under which names, and whether a connection wants it. */
import { expect, test } from 'vitest';
import { EVENT_CATALOGUE } from '../../../worker/docs/event-catalogue.ts';
import {
  type Connection,
  MOST_CONNECTIONS,
  wants,
  withConnection,
} from '../../../worker/domain/connections/connection.ts';
import { eventId, parseEventId, toldBy } from '../../../worker/domain/connections/told.ts';
import { JOURNAL_KINDS, type JournalRow } from '../../../worker/domain/journal.ts';
import type { PointsEntry, PointsKind } from '../../../worker/domain/ledger.ts';

function row(about: Partial<JournalRow> = {}): JournalRow {
  const times = { atMs: 1, recordedAtMs: 2 };
  const blank = { seq: 7, name: 'Placed Order', key: 'k', orderId: '1', programmeVersion: 1, entries: [] };
  return { ...blank, kind: 'event', ...times, about: { source: 's', properties: { total: 5 } }, ...about };
}

function entry(kind: PointsKind, orderId: string | null = null): PointsEntry {
  return { kind, points: 5, balanceAfter: 9, lots: [], debt: 0, orderId, reason: null };
}

const told = (kind: string, orderId: string | null) => ({
  kind,
  points: 5,
  balanceAfter: 9,
  orderId,
  reason: null,
  rule: null,
});

test('the event with its properties, then what it did to points, each with its place', () => {
  expect(toldBy(row({ entries: [entry('earned', '1'), entry('settled'), entry('clawed_back', '1')] }))).toEqual([
    { effect: 0, type: 'Placed Order', data: { total: 5 } },
    { effect: 1, type: 'Points Earned on Order', data: told('earned', '1') },
    { effect: 3, type: 'Points Clawed Back', data: told('clawed_back', '1') },
  ]);
});

test('every entry of the catalogue, and none that it does not name', () => {
  const kinds: PointsKind[] = ['earned', 'adjusted', 'clawed_back', 'restored', 'spent', 'expired', 'settled'];
  const all = kinds.flatMap((kind) => [entry(kind), entry(kind, '1')]);
  const types = new Set(toldBy(row({ name: null, kind: 'points.adjusted', entries: all })).map(({ type }) => type));
  const entries = EVENT_CATALOGUE.filter((one) => one.told === 'entry').map(({ name }) => name);
  expect([...types].sort()).toEqual(entries.toSorted());
});

test('what the catalogue names by its kind', () => {
  const kinds = EVENT_CATALOGUE.filter((one) => one.told === 'kind').map(({ name }) => name);
  const told = JOURNAL_KINDS.flatMap((kind) => toldBy(row({ kind, name: null })).map(({ type }) => type));
  expect(told.toSorted()).toEqual(kinds.toSorted());
});

test('points once, where a row of their own tells of them', () => {
  const spent = row({ kind: 'points.spent', name: 'Points Redeemed', entries: [entry('spent')] });
  expect(toldBy(spent).map(({ type }) => type)).toEqual(['Points Redeemed']);
  const returned = row({ kind: 'points.returned', name: 'Points Returned', entries: [entry('restored', '1')] });
  expect(toldBy(returned).map(({ type }) => type)).toEqual(['Points Returned']);
});

test('segments under their kind, as the catalogue has them, and what only the journal needs under no name', () => {
  const about = { segment: 'seg_1', name: 'Buyers', version: 3, cause: 'time', effectiveAtMs: 0 };
  const [entered] = toldBy(row({ kind: 'segment.entered', name: null, about }));
  expect(entered).toMatchObject({ effect: 0, type: 'segment.entered', data: { segment_id: 'seg_1', cause: 'time' } });
  expect(toldBy(row({ kind: 'errand.done', name: null }))).toEqual([]);
  expect(toldBy(row({ kind: 'customer.moved', name: null }))).toEqual([]);
});

test('nothing that is filled in or no news, that failed, or that another customer told', () => {
  expect(toldBy(row({ about: { aside: true, properties: {} } }))).toEqual([]);
  expect(toldBy(row({ kind: 'segment.left', name: null, about: { announced: false } }))).toEqual([]);
  expect(toldBy(row({ about: { backfill: true, import: 'imp_1', properties: {} } }))).toEqual([]);
  expect(toldBy(row({ kind: 'event.failed' }))).toEqual([]);
  expect(toldBy(row({ about: { properties: {}, carried: { customer: 'a-1', seq: 2, balance: 0 } } }))).toEqual([]);
});

test('an id leads back to its effect, and no other text does', () => {
  const named = { customer: 'a-0f3', seq: 12, effect: 2 };
  expect(eventId(named)).toBe('evt_a-0f3_12_2');
  expect(parseEventId('evt_a-0f3_12_2')).toEqual(named);
  expect(['', 'evt_a_1', 'evt_a_-1_0', 'evt_a.b_1_0', 'evt_a_1_0 ', 'x_a_1_0'].map(parseEventId)).toEqual(
    Array(6).fill(null),
  );
});

test.each([
  [['*'], 'Anything', true],
  [['Points*'], 'Points Earned', true],
  [['Points*'], 'VIP Tier Lost', false],
  [['segment.*', 'Placed Order'], 'segment.left', true],
  [['Placed Order'], 'Placed Order 2', false],
])('%s, asked for %s: %s', (events, type, is) => {
  expect(wants({ events }, type)).toBe(is);
});

test('connections are kept once each, up to twenty', () => {
  const made = (id: string) => ({ id }) as Connection;
  const all = Array.from({ length: MOST_CONNECTIONS }, (_, n) => made(`con_${n}`));
  expect(withConnection(all.slice(1), { kind: 'add', connection: made('con_0') })).toEqual([...all.slice(1), all[0]]);
  expect(withConnection(all, { kind: 'add', connection: made('con_0') })).toEqual(all);
  expect(withConnection(all, { kind: 'add', connection: made('con_x') })).toBe('full');
  expect(withConnection(all, { kind: 'drop', id: 'con_x' })).toBe('unknown');
  expect(withConnection([made('a')], { kind: 'change', id: 'a', change: { url: 'u' } })).toEqual([
    { id: 'a', url: 'u' },
  ]);
});
