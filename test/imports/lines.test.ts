/** Lines as events: whom they name, when they happened, and what a hostile cell may not do. */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../worker/domain/json.ts';
import { openFile, readLines } from '../../worker/imports/batch.ts';
import { columnsOf, nameOf } from '../../worker/imports/columns.ts';
import { type LineReading, readObject, type Setting } from '../../worker/imports/lines.ts';
import { fileOf, rawBytes } from './file-of.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function setting(kind: Setting['kind'], changes: Partial<Setting> = {}): Setting {
  return { kind, nowMs: NOW, timeZone: 'Europe/Berlin', currency: 'EUR', ownsOrders: true, earn: false, ...changes };
}

const line = (kind: Setting['kind'], value: JsonObject) => readObject(value, 'imp_1:7', setting(kind));

/** The lines of a CSV file with a header. */
function csv(kind: Setting['kind'], text: string, columns = {}): LineReading[] {
  const file = fileOf(text);
  const opening = openFile(file, { kind, format: 'csv', columns });
  if (opening.flaws !== null) throw new Error(JSON.stringify(opening.flaws));
  const read = { most: 100, job: 'imp_1', setting: setting(kind) };
  return readLines(file, opening.layout, opening.first, read).lines.flatMap(({ reading }) => reading ?? []);
}

function toldBy(reading: LineReading | undefined) {
  if (reading?.told == null) throw new Error(JSON.stringify(reading?.flaw));
  return reading.told;
}

describe('a line of customers', () => {
  test('is a back-fill from a trusted source, its profile of now, itself of its own time', () => {
    const file = 'User-ID,EMAIL,external:crm,createdAt,city\n 42 ,Ann@Example.com,c1,2024-07-01,Köln\n';
    expect(toldBy(csv('customers', file)[0])).toEqual({
      delivery: {
        subject: {
          identifiers: [
            { kind: 'user', value: '42' },
            { kind: 'email', value: 'ann@example.com' },
            { kind: 'external', value: 'crm:c1' },
          ],
          trust: 'server',
        },
        event: {
          key: 'i:imp_1:2',
          source: 'import',
          trust: 'server',
          name: 'Imported Customer',
          occurredAtMs: Date.UTC(2024, 5, 30, 22),
          receivedAtMs: NOW,
          profileAtMs: NOW,
          properties: {},
          traits: { city: 'Köln', email: 'ann@example.com', userId: '42' },
          fact: null,
          backfill: { from: 'imp_1:2', earn: false },
        },
      },
      messageId: null,
      note: null,
    });
  });

  test.each([
    ['=HYPERLINK("http://x")'],
    ['<script>alert(1)</script>'],
    ["'; DROP TABLE customer; --"],
    ['{{7*7}}'],
    ['01234'],
    ['١٢٣ 日本 🏳️‍🌈'],
  ])('keeps %s as the text it is', (text) => {
    const told = toldBy(csv('customers', `user_id,note\n42,"${text.replaceAll('"', '""')}"\n`)[0]);
    expect(told.delivery.event.traits?.note).toBe(text);
  });

  test.each<[string, Json, string]>([
    ['user_id', 'x'.repeat(256), 'must have at most 255 characters'],
    ['user_id', 'a\u0000b', 'must hold no control characters'],
    ['user_id', 'NULL', 'is a placeholder, and names nobody'],
    ['user_id', '1.23457E+11', 'is a number that a spreadsheet has shortened'],
    ['user_id', { id: 1 }, 'must be a text'],
    ['user_id', ['1'], 'must be a text'],
    ['email', 'ann@', 'must be an e-mail address'],
    ['phone', '030 123456', 'must be an international number, with + and its country'],
    ['birthday', '31.12.1990', 'must be a date such as 1990-12-31, or --12-31 without the year'],
    ['birthday', '1990-02-30', 'must be a date such as 1990-12-31, or --12-31 without the year'],
    ['created_at', '2026-01-15T12:00:00.001Z', 'must not be in the future'],
    ['created_at', 1_700_000_000, 'must be an ISO 8601 time or milliseconds since 1970, not seconds'],
    ['created_at', -1, 'must be an ISO 8601 time or milliseconds since 1970'],
    ['created_at', 1.5, 'must be an ISO 8601 time or milliseconds since 1970'],
    ['created_at', 1e21, 'must be an ISO 8601 time or milliseconds since 1970'],
    ['created_at', '2024-02-30', 'must be an ISO 8601 time or milliseconds since 1970'],
    ['created_at', '01/02/2024', 'must be an ISO 8601 time or milliseconds since 1970'],
    ['created_at', true, 'must be an ISO 8601 time or milliseconds since 1970'],
    ['__proto__', 'x', 'is not a known field'],
  ])('refuses %s %j', (field, value, rule) => {
    const from = JSON.parse(
      JSON.stringify({ shopify_id: '9' }).replace('}', `,${JSON.stringify(field)}:${JSON.stringify(value)}}`),
    );
    expect(line('customers', from)).toEqual({ told: null, flaw: { field, rule } });
  });

  test.each(['1990-12-31', '--02-29', '02-29'])('takes %s as a birthday', (birthday) => {
    const told = toldBy(line('customers', { user_id: 1, birthday }));
    expect(told.delivery.event.traits).toEqual({ userId: '1', birthday });
  });

  test('has a trait for whatever else it holds, and none that reaches a prototype', () => {
    const told = toldBy(
      line('customers', { user_id: 1, size: 38, 'traits.tags': ['a'], traits: { constructor: 'x' }, gone: null }),
    );
    expect(told.delivery.event.traits).toEqual({ userId: '1', size: 38, tags: ['a'], constructor: 'x' });
    expect(columnsOf('customers', ['user_id', '__proto__', 'traits.__proto__'], {}).flaws).toEqual([
      { field: '__proto__', rule: 'is not a known column' },
      { field: 'traits.__proto__', rule: 'is not a known column' },
    ]);
  });

  test('refuses who is nobody, and a field that is there twice', () => {
    const rule = expect.stringContaining('names nobody');
    expect(line('customers', { first_name: 'Ann' })).toEqual({ told: null, flaw: { field: 'line', rule } });
    expect(line('customers', { userId: '1', user_id: '2' })).toEqual({
      told: null,
      flaw: { field: 'user_id', rule: 'is there twice' },
    });
  });
});

describe('a line of consents', () => {
  const said = { email: 'ann@example.com', channel: 'Email', state: 'subscribed', at: '2024-01-01T00:00:00Z' };

  test('is one change, with its proof and its source', () => {
    const told = toldBy(line('consents', { ...said, source: 'checkout', opt_in_level: 'double', ip: '203.0.113.9' }));
    expect(told.delivery.event.consents).toEqual([
      {
        kind: 'state',
        channel: 'email',
        state: 'subscribed',
        atMs: Date.UTC(2024, 0, 1),
        source: 'checkout',
        proof: { optInLevel: 'double', ip: '203.0.113.9' },
      },
    ]);
  });

  test.each([
    ['channel', 'fax', /must be one of email, sms, push/],
    ['state', 'yes', /must be one of subscribed, pending/],
    ['state', '', /is required/],
    ['state', 'suppressed', /is required/],
    ['at', null, /is required/],
    ['at', '2999-01-01', /future/],
    ['colour', 'red', /not a known field/],
  ])('refuses %s %j', (field, value, rule) => {
    const { flaw } = line('consents', { ...said, [field]: value });
    expect(flaw?.rule).toMatch(rule);
    expect(flaw?.field).toBe(value === 'suppressed' ? 'reason' : field);
  });
});

describe('a line of events', () => {
  const sent = {
    userId: 'u1',
    type: 'track',
    event: 'Order Completed',
    messageId: 'm1',
    timestamp: '2024-01-01T00:00:00Z',
  };

  test('is read alike from columns, from JSON and from Segment’s own message', () => {
    const properties = { order_id: '1', subtotal: '10.00', note: 'a,b' };
    const flat = { user_id: 'u1', event: 'Order Completed', timestamp: '2024-01-01T01:00:00', message_id: 'm1' };
    const file =
      'user_id,event,timestamp,message_id,properties.order_id,properties\n' +
      'u1,Order Completed,2024-01-01 01:00,m1,1,"{""subtotal"":""10.00"",""note"":""a,b""}"\n';
    const fromColumns = toldBy(csv('events', file)[0]).delivery;
    const fromJson = toldBy(line('events', { ...flat, properties })).delivery;
    const asSent = toldBy(line('events', { ...sent, properties, sentAt: '2030-01-01T00:00:00Z' })).delivery;
    expect({ ...fromJson, event: { ...fromJson.event, backfill: null } }).toEqual({
      ...fromColumns,
      event: { ...fromColumns.event, backfill: null },
    });
    expect(asSent).toEqual(fromJson);
    expect(asSent.event).toMatchObject({ key: 's:m1', occurredAtMs: Date.UTC(2024, 0, 1), fact: { paid: true } });
  });

  test.each<[JsonObject, string, RegExp]>([
    [{ timestamp: null }, 'timestamp', /is required/],
    [{ timestamp: '2999-01-01' }, 'timestamp', /future/],
    [{ messageId: 'x'.repeat(101) }, 'message_id', /at most 100/],
    [{ event: '' }, 'event', /is required/],
    [{ userId: null }, 'line', /names nobody/],
    [{ properties: { subtotal: 1 } }, 'properties.order_id', /is required of an order/],
    [{ properties: { order_id: 1, subtotal: '49,95' } }, 'properties.subtotal', /decimal number/],
  ])('refuses an exported message with %j', (changes, field, rule) => {
    const { flaw } = line('events', { ...sent, properties: { order_id: 1, subtotal: 1 }, ...changes });
    expect(flaw).toEqual({ field, rule: expect.stringMatching(rule) });
  });

  test('refuses a properties cell that is no JSON object, and half a character in one', () => {
    const file = (cell: string) => `user_id,event,timestamp,properties\nu1,Played,2024-01-01,"${cell}"\n`;
    expect(csv('events', file('[1]'))[0]?.flaw?.rule).toBe('must be a JSON object');
    expect(csv('events', file('{x'))[0]?.flaw?.rule).toBe('must be JSON');
    expect(csv('events', file('{""a"":""\\ud800""}'))[0]?.flaw?.rule).toBe('must hold whole characters only');
  });

  test('says where orders do not count', () => {
    const told = readObject(
      { ...sent, properties: { order_id: 1 } },
      'imp_1:1',
      setting('events', { ownsOrders: false }),
    );
    expect(toldBy(told)).toMatchObject({ note: 'orders_owned_by_shopify', delivery: { event: { fact: null } } });
  });
});

describe('a header', () => {
  test.each([
    ['E-Mail', 'email'],
    ['firstName', 'first_name'],
    ['SHOPIFY ID', 'shopify_id'],
    ['traits.email', 'email'],
    ['external:crm', 'external:crm'],
    ['external:', null],
    ['Size', 'traits.Size'],
  ])('of customers knows %s as %s', (written, name) => {
    expect(nameOf('customers', written)).toBe(name);
  });

  test('names the columns of a kind and no others', () => {
    expect(
      columnsOf('events', ['user_id', 'event', 'Wann', 'x', 'colour', ''], { Wann: 'timestamp', x: null }),
    ).toEqual({
      columns: ['user_id', 'event', 'timestamp', null, null, ''],
      flaws: [{ field: 'colour', rule: 'is not a known column' }],
    });
  });

  test('must be there, in UTF-8', () => {
    const wanted = { kind: 'customers' as const, format: 'csv' as const, columns: {} };
    const flawsOf = (text: string | Uint8Array) => openFile(fileOf(text), wanted).flaws;
    expect(flawsOf('\ufeff')).toEqual([{ field: 'header', rule: 'is required' }]);
    expect(flawsOf(rawBytes('\xff\xfeu\0s\0'))).toEqual([{ field: 'file', rule: 'must be UTF-8, not UTF-16' }]);
    expect(flawsOf('city\n')).toEqual([{ field: 'header', rule: expect.stringContaining('user_id') }]);
    expect(flawsOf(`user_id,${'x'.repeat(40_000)}\n`)).toEqual([
      { field: 'header', rule: expect.stringContaining('32 KB') },
    ]);
  });
});
