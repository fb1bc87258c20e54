/** Rows of a file: the same wherever the reading stops and goes on, numbered as an editor does, a broken one costs its line. */
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { BROKEN_ROW, type CsvRow, delimiterOf, NOT_UTF8, readCsv } from '../../worker/imports/csv.ts';
import { type FileBytes, LONGEST_LINE, type Place, startOf } from '../../worker/imports/file.ts';
import { type JsonRow, readNdjson } from '../../worker/imports/ndjson.ts';
import { fileOf, rawBytes } from './file-of.ts';

/** All rows, read a few at a time: every place between two of them is one where a step may have stopped. */
function csv(file: FileBytes, delimiter = ',', most = 1_000): CsvRow[] {
  return all(file, most, (from) => readCsv(file, delimiter, from, most));
}

function ndjson(text: string | Uint8Array, most = 1_000): JsonRow[] {
  const file = fileOf(text);
  return all(file, most, (from) => readNdjson(file, from, most));
}

function all<T>(file: FileBytes, most: number, read: (from: Place) => { rows: T[]; next: Place }): T[] {
  const rows: T[] = [];
  for (let at = startOf(file); at.at < file.size; ) {
    const { rows: some, next } = read(at);
    expect(some.length).toBeLessThanOrEqual(most);
    expect(next.at).toBeGreaterThan(at.at);
    rows.push(...some);
    at = next;
  }
  return rows;
}

const cellsOf = (rows: CsvRow[]) => rows.map((row) => row.cells ?? row.rule);

const cell = fc.oneof(
  fc.constantFrom('', 'a', '"', '""', '\n', '\r\n', ',', ';', 'ä', '日本', '𝄞', '=1+1', "'x", ' x ', '\u00a0'),
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n"]/.test(text)),
);
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 40 });

describe('CSV', () => {
  test('is the rows that were written, and the lines an editor shows, however few are read at once', () => {
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 7 }), (written, newline, most) => {
        const text = Papa.unparse(written, { newline, quotes: true });
        let line = 1;
        const expected = written.map((cells) => {
          const row = { line, cells, rule: null };
          line += 1 + cells.join('').split('\n').length - 1;
          return row;
        });
        expect(csv(fileOf(text), ',', most)).toEqual(expected);
        expect(csv(fileOf(`${text}${newline}`), ',', most)).toEqual(expected);
      }),
    );
  });

  test('reads what is not quoted as a parser does that has the whole of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '\n', ' ', 'é', 'b"'), maxLength: 60 }), (text) => {
        const whole = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' }).data;
        if (text === '' || text.endsWith('\n')) whole.pop();
        expect(cellsOf(csv(fileOf(text), ',', 2))).toEqual(whole);
      }),
    );
  });

  test('reads rows on both sides of every window, characters that it cuts among them', () => {
    const written = Array.from({ length: 9_000 }, (_, at) => [`${at}`, 'ü'.repeat(at % 40), `"日\n${at}"`]);
    const read = csv(fileOf(Papa.unparse(written, { newline: '\n' })));
    expect(read.map((row) => row.cells)).toEqual(written);
    expect(read.at(-1)?.line).toBe(1 + 2 * 8_999);
  });

  test.each([
    ['a quote that is never closed', 'a,b\n"x,1\ny,2\nz,3\n', [['a', 'b'], BROKEN_ROW, ['y', '2'], ['z', '3']]],
    ['a quote inside of quotes', 'a,b\n"x"y",1\n"q",2\n', [['a', 'b'], BROKEN_ROW, ['q', '2']]],
    ['a quote that closes too late', `"${'x\n'.repeat(20_000)}",1\ny,2`, null],
  ])('%s costs its line and no more', (_, text, expected) => {
    const read = csv(fileOf(text), ',', 3);
    if (expected !== null) expect(cellsOf(read)).toEqual(expected);
    else
      expect([read[0], read[1], read.at(-1)?.cells]).toEqual([
        { line: 1, cells: null, rule: BROKEN_ROW },
        { line: 2, cells: ['x'], rule: null },
        ['y', '2'],
      ]);
  });

  test('a line that is longer than is read costs itself, be it longer than any window', () => {
    for (const length of [LONGEST_LINE + 1, 400_000]) {
      const read = csv(fileOf(`a,${'x'.repeat(length)}\nb,1\n`));
      expect(read).toEqual([
        { line: 1, cells: null, rule: BROKEN_ROW },
        { line: 2, cells: ['b', '1'], rule: null },
      ]);
    }
    expect(csv(fileOf(`${'x'.repeat(LONGEST_LINE)}`))).toEqual([
      { line: 1, cells: ['x'.repeat(LONGEST_LINE)], rule: null },
    ]);
  });

  test('what is no UTF-8 costs its line, and a half of a pair of surrogates is none', () => {
    const read = csv(fileOf(rawBytes('a,1\nM\xfcller,2\n\xed\xa0\x80,3\nb,4')));
    expect(cellsOf(read)).toEqual([['a', '1'], NOT_UTF8, NOT_UTF8, ['b', '4']]);
  });

  test.each([
    [',', 'a,b;c,d\n1;2;3;4,5\n'],
    [';', 'a;b;"c,d,e,f"\n'],
    ['\t', 'a\tb, c\td\n'],
    ['|', 'a|b|c'],
    [',', 'email\na;b@example.com\n'],
  ])('tells its delimiter %j from the header', (delimiter, text) => {
    expect(delimiterOf(fileOf(text), { at: 0, line: 1 })).toBe(delimiter);
  });

  test('begins after a byte order mark', () => {
    expect(csv(fileOf('\ufeffa,b\n'))).toEqual([{ line: 1, cells: ['a', 'b'], rule: null }]);
  });
});

describe('NDJSON', () => {
  test('is an object a line, and blank lines count as lines', () => {
    expect(ndjson('{"a":1}\r\n\n{"b":"ä"}\n  \n{"c":null}', 2)).toEqual([
      { line: 1, value: { a: 1 }, rule: null },
      { line: 2, value: null, rule: null },
      { line: 3, value: { b: 'ä' }, rule: null },
      { line: 4, value: null, rule: null },
      { line: 5, value: { c: null }, rule: null },
    ]);
  });

  test('is the objects that were written, on both sides of every window', () => {
    const written = Array.from({ length: 5_000 }, (_, at) => ({ at, text: 'ü\n"'.repeat(at % 30) }));
    expect(ndjson(written.map((one) => JSON.stringify(one)).join('\n')).map((row) => row.value)).toEqual(written);
  });

  test.each([
    ['[1]', 'must be a JSON object'],
    ['null', 'must be a JSON object'],
    ['{"a":', 'must be JSON'],
    [`{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'must not nest deeper than 32 levels'],
    ['{"a":{"b":["\\ud800"]}}', 'must hold whole characters only'],
    [`{"a":"${'x'.repeat(33 * 1024)}"}`, 'must be at most 32 KB'],
    [`{"a":"${'x'.repeat(300_000)}"}`, 'must be at most 32 KB'],
  ])('refuses %.30s and goes on', (text, rule) => {
    expect(ndjson(`${text}\n{"ok":true}\n`)).toEqual([
      { line: 1, value: null, rule },
      { line: 2, value: { ok: true }, rule: null },
    ]);
  });

  test('keeps every digit of an id, and a whole pair of surrogates', () => {
    expect(ndjson('{"id":12345678901234567890,"t":"\\ud83d\\ude00"}')[0]?.value).toEqual({
      id: '12345678901234567890',
      t: '😀',
    });
  });
});
