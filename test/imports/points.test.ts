/** Lines of a file of points: numbers as people write them, whom a line names, and what no cell may do. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../worker/domain/json.ts';
import { NEVER } from '../../worker/domain/ledger.ts';
import { openFile, readRows } from '../../worker/imports/batch.ts';
import {
  type PointsReading,
  type PointsSetting,
  pointsFlaws,
  readPointsCells,
  readPointsObject,
} from '../../worker/imports/points-lines.ts';
import { pointsIn, type Separator } from '../../worker/imports/points-number.ts';
import { fileOf } from './file-of.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function setting(changes: Partial<PointsSetting> = {}): PointsSetting {
  return { mode: 'add', thousands: null, reason: null, note: null, nowMs: NOW, timeZone: 'Europe/Berlin', ...changes };
}

const line = (value: JsonObject, changes: Partial<PointsSetting> = {}) => readPointsObject(value, setting(changes));

const flaw = (value: JsonObject, changes: Partial<PointsSetting> = {}) => line(value, changes).flaw;

/** The lines of a CSV file with a header; what is wrong with the header where something is. */
function csv(text: string, changes: Partial<PointsSetting> = {}, columns = {}) {
  const file = fileOf(text);
  const opening = openFile(file, { kind: 'points', format: 'csv', columns });
  if (opening.flaws !== null) return opening.flaws;
  const flaws = pointsFlaws(opening.layout.columns, setting(changes).mode);
  if (flaws.length > 0) return flaws;
  const { lines } = readRows<PointsReading>(file, opening.layout, opening.first, {
    ofObject: (value) => readPointsObject(value, setting(changes)),
    ofFields: (fields) => readPointsCells(fields, setting(changes)),
    flawed: (one) => ({ told: null, flaw: one }),
    most: 100,
  });
  return lines.map(({ reading }) => reading?.told ?? reading?.flaw ?? null);
}

const FRACTION = 'must be a whole number';
const DOUBTFUL = 'could be thousands or a fraction: say which by `thousands`';

describe('a number of points', () => {
  test.each<[string, number]>([
    ['0', 0],
    ['007', 7],
    [' 52620 ', 52_620],
    ['+5', 5],
    ['-5', -5],
    ['−5', -5],
    ['52,620', 52_620],
    ['-1,234,567', -1_234_567],
    ['52 620', 52_620],
    ['52\u00a0620', 52_620],
    ['52\u202f620', 52_620],
    ["52'620", 52_620],
    ['52’620', 52_620],
    ['1.234.567', 1_234_567],
    ['52620.0', 52_620],
    ['52620,00', 52_620],
    ['52,620.00', 52_620],
    ['52.620,00', 52_620],
    ['1000000000000', 1e12],
  ])('reads %s', (text, value) => {
    expect(pointsIn(text, null)).toEqual({ value, rule: null });
  });

  test.each<[string, string]>([
    ['', FRACTION],
    ['-', FRACTION],
    ['12.5', FRACTION],
    ['12,5', FRACTION],
    ['12.50', FRACTION],
    ['5.', FRACTION],
    ['1e21', FRACTION],
    ['NaN', FRACTION],
    ['Infinity', FRACTION],
    ['0x10', FRACTION],
    ['١٢', FRACTION],
    ['1,23,456', FRACTION],
    ['1,234.567', FRACTION],
    ['1,234 567', FRACTION],
    ['52,62', FRACTION],
    ['5 points', FRACTION],
    ['12.500', DOUBTFUL],
    ['12.500.00', FRACTION],
    ['1000000000001', 'must be at most 1000000000000'],
    ['9'.repeat(400), 'must be at most 1000000000000'],
  ])('refuses %s', (text, rule) => {
    expect(pointsIn(text, null)).toEqual({ value: null, rule });
  });

  test.each<[string, Separator, number | null]>([
    ['12.500', 'dot', 12_500],
    ['12.500,00', 'dot', 12_500],
    ['12500', 'dot', 12_500],
    ['12,500', 'dot', null],
    ['12,500', 'comma', 12_500],
    ['12.500', 'comma', null],
    ['12 500', 'space', 12_500],
    ["12'500", 'apostrophe', 12_500],
    ["12'500", 'space', null],
  ])('%s, where thousands are set apart by a %s, is %s', (text, thousands, value) => {
    expect(pointsIn(text, thousands).value).toBe(value);
  });
});

describe('whom a line names', () => {
  test('is told by whatever can be nobody else, an e-mail in its one form, a phone only alone', () => {
    expect(
      line({ 'User ID': 'u1', 'E-Mail': ' ANN@Example.com ', phone: '+4930123456', 'external:crm': 7, points: 1 }).told,
    ).toMatchObject({
      customer: null,
      names: [
        { kind: 'user', value: 'u1' },
        { kind: 'email', value: 'ann@example.com' },
        { kind: 'external', value: 'crm:7' },
      ],
    });
    expect(line({ phone: '0049 30 123456', points: 1 }).told?.names).toEqual([{ kind: 'phone', value: '+4930123456' }]);
    expect(line({ customer_id: 'c', phone: '+4930123456', points: 1 }).told).toMatchObject({
      customer: 'c',
      names: [],
    });
    expect(line({ shopify_id: 7654321098765, points: 1 }).told?.names).toEqual([
      { kind: 'shopify', value: '7654321098765' },
    ]);
  });

  test.each<[JsonObject, string]>([
    [{ points: 1 }, 'line'],
    [{ customer: 'c', points: 1 }, 'line'],
    [{ email: 'nobody', points: 1 }, 'email'],
    [{ phone: '0170 1', points: 1 }, 'phone'],
    [{ user_id: 'guest', points: 1 }, 'user_id'],
    [{ shopify_id: '7.65E+12', points: 1 }, 'shopify_id'],
    [{ 'external:email': 'a@b.c', points: 1 }, 'external:email'],
    [{ anonymous_id: 'a', points: 1 }, 'anonymous_id'],
    [{ user_id: ['u'], points: 1 }, 'user_id'],
  ])('cannot be %j', (value, field) => {
    expect(flaw(value)?.field).toBe(field);
  });
});

describe('a line of points', () => {
  test('says what the file says where it says nothing itself', () => {
    const words = { reason: 'Moved', note: 'n' };
    expect(line({ user_id: 'u', points: 5 }, words).told).toMatchObject({ ...words, amount: 5, expiresAtMs: null });
    expect(line({ user_id: 'u', points: '5', reason: 'Own', note: 'o' }, words).told).toMatchObject({
      reason: 'Own',
      note: 'o',
    });
  });

  test.each<[string | number, number]>([
    ['never', NEVER],
    ['Never', NEVER],
    ['2026-12-31', Date.UTC(2026, 11, 31, 23)],
    ['2026-07-01', Date.UTC(2026, 6, 1, 22)],
    ['2026-07-01T12:00', Date.UTC(2026, 6, 1, 10)],
    ['2026-07-01T12:00:00Z', Date.UTC(2026, 6, 1, 12)],
    [1_790_000_000_000, 1_790_000_000_000],
    ['2026-01-15', Date.UTC(2026, 0, 15, 23)],
  ])('that runs out %s is good until then', (expires_at, atMs) => {
    expect(line({ user_id: 'u', points: 5, expires_at }).told?.expiresAtMs).toBe(atMs);
  });

  test.each<[JsonObject, string, string]>([
    [{ points: 0 }, 'points', 'must not be 0'],
    [{ points: '' }, 'points', 'is required'],
    [{ points: 1.5 }, 'points', FRACTION],
    [{ points: 1e21 }, 'points', FRACTION],
    [{ points: true }, 'points', FRACTION],
    [{ points: null }, 'points', 'is required'],
    [{ points: {} }, 'points', 'must be a text'],
    [{ balance: 5 }, 'balance', 'says what is to be had: import it with the mode set'],
    [{ points: 5, expires_at: '2026-01-14' }, 'expires_at', 'must be in the future'],
    [{ points: 5, expires_at: '2189-01-01' }, 'expires_at', 'must be before the year 2189'],
    [{ points: 5, expires_at: 1_790_000_000 }, 'expires_at', expect.stringContaining('milliseconds')],
    [{ points: 5, expires_at: 'soon' }, 'expires_at', expect.stringContaining('ISO 8601')],
    [{ points: 5, expires_at: '2026-02-31' }, 'expires_at', expect.stringContaining('ISO 8601')],
    [{ points: -5, expires_at: 'never' }, 'expires_at', 'is only for points that are given'],
    [{ points: 5, available_at: '2027-01-01' }, 'available_at', expect.stringContaining('not imported')],
    [{ points: 5, colour: 'red' }, 'colour', 'is not a known field'],
  ])('INV-14: is refused for %j', (value, field, rule) => {
    expect(flaw({ user_id: 'u', ...value })).toEqual({ field, rule });
  });

  test('INV-14: is refused for words that are too long', () => {
    const ofLength = (field: string, length: number) =>
      flaw({ user_id: 'u', points: 5, [field]: 'x'.repeat(length) })?.rule ?? null;
    expect([ofLength('reason', 200), ofLength('note', 1000)]).toEqual([null, null]);
    expect(ofLength('reason', 201)).toBe('must have at most 200 characters');
    expect(ofLength('note', 1001)).toBe('must have at most 1000 characters');
  });

  test.each<[JsonObject, string, string]>([
    [{ balance: -1 }, 'balance', 'must not be negative'],
    [{}, 'balance', 'is required'],
    [{ balance: 5, points: 5 }, 'balance', 'must not stand beside points'],
  ])('that sets a balance is refused for %j', (value, field, rule) => {
    expect(flaw({ user_id: 'u', ...value }, { mode: 'set' })).toEqual({ field, rule });
  });

  test('that sets a balance may call it points, as a file of Smile does', () => {
    expect(line({ email: 'a@b.c', points: 0 }, { mode: 'set' }).told?.amount).toBe(0);
    expect(line({ email: 'a@b.c', balance: '1,000' }, { mode: 'set' }).told?.amount).toBe(1_000);
  });
});

describe('a file', () => {
  test('may have a mark, semicolons, quotes, and names of its own', () => {
    const text = '\ufeffKunde;Punkte;Grund\r\n"A@b.c";"1,000";"=1 ""x"";\nzwei"\r\n;;\r\n';
    expect(csv(text, {}, { Kunde: 'email', Punkte: 'points', Grund: 'reason' })).toMatchObject([
      { names: [{ kind: 'email', value: 'a@b.c' }], amount: 1_000, reason: '=1 "x";\nzwei' },
      null,
    ]);
  });

  test('of an export loses the apostrophes that kept spreadsheets from running it', () => {
    const text = "email,points,reason\n'+a@b.c,5,'=1+1\n'a@b.c,5,''tis\n";
    expect(csv(text)).toMatchObject([
      { names: [{ kind: 'email', value: '+a@b.c' }], reason: '=1+1' },
      { names: [{ kind: 'email', value: "'a@b.c" }], reason: "''tis" },
    ]);
  });

  test.each<[string, PointsSetting['mode'], { field: string; rule: string }[]]>([
    ['email\n', 'add', [{ field: 'points', rule: 'is required' }]],
    ['email\n', 'set', [{ field: 'balance', rule: 'is required' }]],
    ['email,points,balance\n', 'set', [{ field: 'header', rule: 'must have points or balance, not both' }]],
    ['email,balance\n', 'add', [{ field: 'balance', rule: expect.stringContaining('mode set') }]],
    [
      'name,points\n',
      'add',
      [
        { field: 'name', rule: 'is not a known column' },
        { field: 'header', rule: expect.any(String) },
      ],
    ],
    ['points\n', 'add', [{ field: 'header', rule: expect.stringContaining('customer_id, user_id, email') }]],
    ['email,points,Points\n', 'add', [{ field: 'points', rule: 'is there twice' }]],
    ['', 'add', [{ field: 'header', rule: 'is required' }]],
  ])('with the header %j, to %s, is refused whole', (text, mode, flaws) => {
    expect(csv(text, { mode })).toEqual(expect.arrayContaining(flaws));
  });
});
