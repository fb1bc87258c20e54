/** Points by hand: given, taken, set, and taken back, in any order; the books add up, and what is undone never was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Head, newHead } from '../../worker/domain/customer.ts';
import { decideDue } from '../../worker/domain/decide.ts';
import type { JournalRow } from '../../worker/domain/journal.ts';
import { type Lot, NEVER } from '../../worker/domain/ledger.ts';
import { creditOf } from '../../worker/domain/opening.ts';
import { decideOperation, type Operation } from '../../worker/domain/operations.ts';
import type { Terms } from '../../worker/domain/terms.ts';
import { DAY, NOW, terms } from './given.ts';

const WORDS = { fingerprint: 'f', reason: null, note: null, expiresAtMs: null };

/** A customer of whom everything is at hand. */
class Book {
  readonly terms: Terms;
  readonly rows: JournalRow[] = [];
  head: Head;
  now = NOW;
  #lots: Lot[] = [];

  constructor(of: Terms = terms()) {
    this.terms = of;
    this.head = newHead(NOW);
  }

  get lots(): [points: number, expiresAtMs: number][] {
    const open = this.#lots.toSorted((a, b) => a.expiresAtMs - b.expiresAtMs || a.lot - b.lot);
    return open.map(({ remaining, expiresAtMs }) => [remaining, expiresAtMs]);
  }

  /** As an object does: once for each key, after all that is due. */
  do(operation: Operation): JournalRow | null {
    const known = this.rows.find(({ key }) => key === operation.key);
    if (known !== undefined) return null;
    const undone = 'of' in operation ? (this.rows.find(({ key }) => key === operation.of) ?? null) : null;
    const state = { head: this.head, lots: structuredClone(this.#lots), orders: new Map(), undone };
    this.#save(decideOperation(state, operation, this.terms, this.now).changes);
    this.#audit();
    return this.rows.find(({ key }) => key === operation.key) ?? null;
  }

  wait(ms: number): void {
    this.now += ms;
    const state = { head: this.head, lots: structuredClone(this.#lots), orders: new Map() };
    const changes = decideDue(state, this.terms, this.now);
    if (changes !== null) this.#save(changes);
    this.#audit();
  }

  give(points: number, more: object = {}): JournalRow | null {
    return this.do({ op: 'adjust', key: `own:${this.rows.length}`, ...WORDS, points, ...more });
  }

  undo(line: string, more: object = {}): JournalRow | null {
    const about = { fingerprint: 'f', of: line, from: line, reason: null, note: null };
    return this.do({ op: 'undo_adjustment', key: `undo:${line}`, ...about, ...more });
  }

  #save({ head, rows, lots }: { head: Head; rows: JournalRow[]; lots: Lot[] }): void {
    this.head = head;
    this.rows.push(...rows);
    const changed = new Set(lots.map(({ lot }) => lot));
    this.#lots = [
      ...this.#lots.filter(({ lot }) => !changed.has(lot)),
      ...lots.filter(({ remaining }) => remaining > 0),
    ];
  }

  /** INV-3, counted from the journal alone. */
  #audit(): void {
    const entries = this.rows.flatMap((row) => row.entries);
    const held = this.#lots.reduce((sum, { remaining }) => sum + remaining, 0);
    const sum = entries.reduce((total, { points }) => total + points, 0);
    const owed = entries.reduce((total, { debt }) => total + debt, 0);
    expect([this.head.balance, this.head.debt]).toEqual([sum, owed]);
    expect(this.head.balance).toBe(held - this.head.debt);
    expect(this.head.debt === 0 || held === 0).toBe(true);
    for (const { points, lots, debt } of entries)
      expect(points).toBe(lots.reduce((total, lot) => total + lot.points, 0) - debt);
  }
}

type Step =
  | { kind: 'line'; points: number; lifeDays: number | null }
  | { kind: 'set'; balance: number }
  | { kind: 'own'; points: number }
  | { kind: 'undo'; which: number }
  | { kind: 'wait'; hours: number };

const points = fc.integer({ min: -60, max: 90 }).filter((one) => one !== 0);
const step = (lives: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('line' as const),
      points,
      lifeDays: lives ? fc.option(fc.nat(5)) : fc.constant(null),
    }),
    fc.record({ kind: fc.constant('set' as const), balance: fc.nat(120) }),
    fc.record({ kind: fc.constant('own' as const), points }),
    fc.record({ kind: fc.constant('undo' as const), which: fc.nat(30) }),
    fc.record({ kind: fc.constant('wait' as const), hours: fc.nat(40) }),
  );

/** Lives the steps; answers what its owner moved, and the lines. */
function live(book: Book, steps: Step[]): { own: number; lines: string[] } {
  let own = 0;
  const lines: string[] = [];
  for (const one of steps) {
    const line = `i:${lines.length}`;
    const words = { ...WORDS, key: line, from: line, allowDebt: true };
    if (one.kind === 'wait') book.wait(one.hours * 3_600_000);
    if (one.kind === 'undo' && lines.length > 0) book.undo(lines[one.which % lines.length] ?? '');
    if (one.kind === 'own') {
      own += one.points;
      book.give(one.points, { allowDebt: true });
    }
    if (one.kind === 'set') book.do({ op: 'set_balance', ...words, balance: one.balance });
    if (one.kind === 'line') {
      const expiresAtMs = one.lifeDays === null ? null : book.now + (one.lifeDays + 1) * DAY;
      book.do({ op: 'adjust', ...words, points: one.points, expiresAtMs });
    }
    if (one.kind === 'set' || one.kind === 'line') lines.push(line);
  }
  return { own, lines };
}

describe('adjustments', () => {
  test('INV-3, L1: add up after every step of any life, with time going by and lines taken back', () => {
    const overdrawn = fc.constantFrom('debt' as const, 'stop_at_zero' as const);
    fc.assert(
      fc.property(fc.array(step(true), { maxLength: 30 }), overdrawn, (steps, policy) => {
        const book = new Book(terms({ overdrawn: policy }));
        const { lines } = live(book, steps);
        for (const line of lines) book.undo(line);
        const rows = book.rows.length;
        for (const line of lines) book.undo(line);
        expect(book.rows.length).toBe(rows);
      }),
      { numRuns: 1000 },
    );
  });

  test('L4: once all lines are taken back, the balance is what it would be without them', () => {
    fc.assert(
      fc.property(fc.array(step(false), { maxLength: 30 }), fc.nat(), (steps, seed) => {
        const book = new Book();
        const { own, lines } = live(book, steps);
        const inSomeOrder = lines.toSorted((a, b) => ((a.length + seed) % 3) - ((b.length + seed) % 3));
        for (const line of inSomeOrder) book.undo(line);
        expect(book.head.balance).toBe(own);
      }),
      { numRuns: 1000 },
    );
  });

  test('L5: take no more than there is, unless that is said', () => {
    const book = new Book();
    book.give(10);
    expect(book.give(-11)).toMatchObject({
      kind: 'points.refused',
      entries: [],
      about: { refusal: { reason: 'insufficient_points', balance: 10, asked: 11 } },
    });
    expect(book.give(-11, { allowDebt: true })).toMatchObject({
      kind: 'points.adjusted',
      entries: [{ points: -11, debt: 1, balanceAfter: -1 }],
      about: { allowDebt: true },
    });
  });

  test('count for tiers only where that is said, and being taken back then counts as well', () => {
    const book = new Book();
    expect(book.give(10)?.about.countsTowardTier).toBeUndefined();
    book.give(5, { key: 'i:1', from: 'i:1', countsTowardTier: true });
    expect(book.undo('i:1')?.about.countsTowardTier).toBe(true);
  });

  test('of an import are marked as filled in', () => {
    const book = new Book();
    expect(book.give(5, { from: 'pim_1:7' })?.about).toMatchObject({ import: 'pim_1:7', backfill: true });
    expect(book.give(5)?.about.backfill).toBeUndefined();
  });
});

describe('a balance that is set', () => {
  test.each([
    [30, 50, 20],
    [30, 10, -20],
    [30, 0, -30],
    [-30, 0, 30],
    [-30, 20, 50],
  ])('from %i to %i moves %i', (from, to, moved) => {
    const book = new Book();
    book.give(from, { allowDebt: true });
    const row = book.do({ op: 'set_balance', key: 's', ...WORDS, balance: to });
    expect([book.head.balance, book.head.debt, row?.entries[0]?.points]).toEqual([to, 0, moved]);
  });

  test('where it is already moves nothing, and uses its key up', () => {
    const book = new Book();
    book.give(30);
    expect(book.do({ op: 'set_balance', key: 's', ...WORDS, balance: 30 })).toMatchObject({
      kind: 'points.adjusted',
      entries: [],
      about: { balance: 30, points: 0 },
    });
    book.give(5);
    book.do({ op: 'set_balance', key: 's', ...WORDS, balance: 30 });
    expect(book.head.balance).toBe(35);
  });
});

describe('taking back', () => {
  test('takes a gift from its own lot, though others run out sooner', () => {
    const book = new Book();
    book.give(10, { expiresAtMs: NOW + DAY });
    book.give(20, { key: 'i:1', from: 'i:1' });
    book.give(-5);
    book.undo('i:1');
    expect(book.lots).toEqual([[5, NOW + DAY]]);
    expect(book.head.lifetime).toBe(10);
  });

  test('owes what was spent of a gift, or lets it go, as the programme says', () => {
    for (const [overdrawn, balance, missing] of [
      ['debt', -15, 0],
      ['stop_at_zero', 0, 15],
    ] as const) {
      const book = new Book(terms({ overdrawn }));
      book.give(20, { key: 'i:1', from: 'i:1' });
      book.give(-15);
      const row = book.undo('i:1');
      expect([book.head.balance, row?.about.missing]).toEqual([balance, missing]);
    }
  });

  test('gives back what was taken, to run out when it would have; what would have run out since is lapsed', () => {
    const book = new Book();
    book.give(10, { expiresAtMs: NOW + DAY });
    book.give(10, { expiresAtMs: NOW + 9 * DAY });
    book.give(10);
    book.give(-25, { key: 'i:1', from: 'i:1' });
    book.wait(2 * DAY);
    expect(book.undo('i:1')?.about.lapsed).toBe(10);
    expect(book.lots).toEqual([
      [10, NOW + 9 * DAY],
      [5, NEVER],
      [5, NEVER],
    ]);
  });

  test('forgives a debt that it had made, and gives back what was paid of it since', () => {
    const book = new Book();
    book.give(-30, { key: 'i:1', from: 'i:1', allowDebt: true });
    book.give(20);
    book.undo('i:1');
    expect([book.head.balance, book.head.debt, book.lots]).toEqual([20, 0, [[20, NEVER]]]);
  });

  test('finds nothing to take back where there is nothing, or it came from elsewhere', () => {
    const book = new Book();
    book.give(5, { key: 'i:1', from: 'other:1' });
    for (const line of ['i:1', 'i:2'])
      expect(book.undo(line)).toMatchObject({
        kind: 'points.refused',
        about: { refusal: { reason: 'nothing_to_undo' } },
      });
    expect(book.head.balance).toBe(5);
  });

  test('says the words it is given, else those of the line', () => {
    const book = new Book();
    book.give(5, { key: 'i:1', from: 'i:1', reason: 'Gift' });
    book.give(6, { key: 'i:2', from: 'i:2', reason: 'Gift' });
    expect(book.undo('i:1')?.entries[0]?.reason).toBe('Gift');
    expect(book.undo('i:2', { reason: 'Mistake', note: 'n' })).toMatchObject({
      entries: [{ reason: 'Mistake' }],
      about: { note: 'n', undoes: 'i:2' },
    });
  });
});

test('an opening balance is the adjustment of its line, under the key that the line has for ever', () => {
  const opening = { id: 'pts_1_7', points: 5, from: 'pim_1:7', ...WORDS, reason: 'Moved', note: 'n' };
  expect(creditOf({ ...opening, countsTowardTier: true })).toEqual({
    ...{ op: 'adjust', key: 'import:pts_1_7', fingerprint: 'f', points: 5, from: 'pim_1:7' },
    ...{ reason: 'Moved', note: 'n', expiresAtMs: null, countsTowardTier: true },
  });
});
