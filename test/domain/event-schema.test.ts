/** Learning what events look like: paths, types, drift, and what a merchant is offered to fix. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dismissed, type EventSchema, learn, newSchema, suggested } from '../../worker/domain/event-schema.ts';
import type { JsonObject } from '../../worker/domain/json.ts';
import { observe } from '../../worker/domain/observe.ts';
import { eachProperty, parentOf, stepsOf, typeOf } from '../../worker/domain/property-path.ts';

function learned(events: JsonObject[], from: EventSchema = newSchema(0)): EventSchema {
  const observation = observe(events.map((content, at) => ({ atMs: from.events + at, content })));
  return observation === null ? from : learn(from, observation);
}

function typesAt(schema: EventSchema, path: string) {
  return schema.properties.find((property) => property.path === path)?.types ?? null;
}

function drift(schema: EventSchema) {
  return schema.drift.map(({ kind, path, type, before }) => ({ kind, path, type, before }));
}

const times = (count: number, content: JsonObject) => Array.from({ length: count }, () => content);

describe('a path', () => {
  const paths = (content: JsonObject) => {
    const found: string[] = [];
    eachProperty(content, (path) => found.push(path));
    return found;
  };

  it('leads through objects and lists, parents first', () => {
    expect(paths({ products: [{ price: 1 }, [true]], at: { city: 'Graz' } })).toEqual([
      'products',
      'products[]',
      'products[].price',
      'products[]',
      'products[][]',
      'at',
      'at.city',
    ]);
  });

  it('keeps hostile keys apart: a dot, a bracket, __proto__, an empty key', () => {
    const content = JSON.parse('{"a.b":1,"a":{"b":2,"":3},"x[]":4,"__proto__":{"constructor":5}}');
    expect(paths(content)).toEqual(['a\\.b', 'a', 'a.b', 'a.', 'x\\[\\]', '__proto__', '__proto__.constructor']);
  });

  it('is read back as the steps it was written from, and names its parent', () => {
    expect(['a\\.b', 'a.b', 'a.', 'x\\[\\][].y', 'a[][].b'].map(stepsOf)).toEqual([
      ['a.b'],
      ['a', 'b'],
      ['a', ''],
      ['x[]', null, 'y'],
      ['a', null, null, 'b'],
    ]);
    expect(['a\\.b', 'a.b', 'a[].b', 'a[]', 'a'].map(parentOf)).toEqual([null, 'a', 'a[]', 'a', null]);
    expect(['a]', 'a\\x', 'a[0]', 'a[]b'].map(stepsOf)).toEqual([null, null, null, null]);
  });

  it('of any key of any object leads back to its value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (outer, inner) => {
        const plain = (key: string) => key.toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD');
        const last = paths({ [outer]: { [inner]: 1 } }).at(-1) ?? '';
        expect(stepsOf(last)).toEqual([plain(outer), plain(inner)]);
        expect(stepsOf(parentOf(last) ?? '')).toEqual([plain(outer)]);
      }),
    );
  });
});

it('the type of a value is as fine as a schema needs it', () => {
  const values = [null, 'x', '2026-05-04', '2026-05-04T12:00:00Z', '2026-13-99', 1, 1.5, true, [], {}];
  expect(values.map(typeOf)).toEqual([
    'null',
    'text',
    'date-time',
    'date-time',
    'text',
    'integer',
    'number',
    'boolean',
    'list',
    'object',
  ]);
});

describe('a schema', () => {
  it('counts events by property, and types by value', () => {
    const schema = learned([{ products: [{ price: 1 }, { price: 2.5 }] }, { products: [] }, {}]);
    expect(schema.properties).toEqual([
      { path: 'products', events: 2, types: { list: 2 }, firstAt: 0, lastAt: 1, vanished: false },
      { path: 'products[]', events: 1, types: { object: 2 }, firstAt: 0, lastAt: 0, vanished: false },
      { path: 'products[].price', events: 1, types: { integer: 1, number: 1 }, firstAt: 0, lastAt: 0, vanished: false },
    ]);
    expect([schema.events, schema.firstMs, schema.lastMs, schema.drift]).toEqual([3, 0, 2, []]);
  });

  it('is the same however the events are cut into flushes', () => {
    const content = fc.dictionary(fc.constantFrom('a', 'b', 'c.d', '__proto__'), fc.jsonValue({ maxDepth: 2 }));
    const events = fc.array(content as fc.Arbitrary<JsonObject>, { maxLength: 15 });
    fc.assert(
      fc.property(events, fc.nat(15), (all, cut) => {
        const whole = learned(all);
        const parts = learned(all.slice(cut), learned(all.slice(0, cut)));
        expect(sorted(parts)).toEqual(sorted(whole));
      }),
    );
  });

  it('keeps 300 properties and counts what is beyond them', () => {
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, at]));
    const schema = learned([wide]);
    expect([schema.properties.length, schema.overflow]).toEqual([300, 9_700]);
    const again = learned([{ p0: 1, late: 2 }], schema);
    expect([typesAt(again, 'p0'), typesAt(again, 'late')]).toEqual([{ integer: 2 }, null]);
  });

  it('counts a path that is too long, and keeps it out', () => {
    const schema = learned([{ ['k'.repeat(300)]: 1, ok: 1 }]);
    expect([schema.properties.map((one) => one.path), schema.overflow]).toEqual([['ok'], 1]);
  });
});

describe('drift', () => {
  it('is a type that a known property never had, told once', () => {
    const schema = learned([{ price: 1 }, { price: '12,50' }, { price: '13' }, { price: true }]);
    expect(drift(schema)).toEqual([
      { kind: 'new_type', path: 'price', type: 'text', before: ['integer'] },
      { kind: 'new_type', path: 'price', type: 'boolean', before: ['text', 'integer'] },
    ]);
    expect(schema.drift.map((one) => one.atMs)).toEqual([1, 3]);
  });

  it('is no whole number among numbers, no date among texts, no null', () => {
    expect(
      drift(
        learned([
          { a: 1, b: 'x' },
          { a: 1.5, b: '2026-05-04' },
          { a: null, b: null },
          { a: 2, b: 'y' },
        ]),
      ),
    ).toEqual([]);
  });

  it('is a property that nearly all of 20 events had and none of the next 20', () => {
    const before = learned([...times(19, { coupon: 'x', id: 1 }), { id: 1 }, { coupon: 'x', id: 1 }]);
    const late = learned(times(19, { id: 1 }), before);
    expect(drift(late)).toEqual([]);
    const gone = learned([{ id: 1 }], late);
    expect(drift(gone)).toEqual([{ kind: 'vanished', path: 'coupon', type: null, before: ['text'] }]);
    expect(drift(learned(times(50, { id: 1 }), gone))).toHaveLength(1);
  });

  it('is no property that came seldom, or not often enough to know', () => {
    const seldom = Array.from({ length: 40 }, (_, at): JsonObject => (at % 2 === 0 ? { a: 1 } : {}));
    expect(drift(learned([...seldom, ...times(40, {})]))).toEqual([]);
    expect(drift(learned([...times(19, { a: 1 }), ...times(40, {})]))).toEqual([]);
  });

  it('is not seen where not all of a flush was kept', () => {
    const usual = learned(times(30, { a: 1 }));
    const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`x${at}`, at]));
    expect(drift(learned(times(25, wide), usual))).toEqual([]);
  });

  it('comes back after it was dismissed only where it happens again', () => {
    const gone = learned(times(20, {}), learned(times(20, { a: 1 })));
    const quiet = dismissed(gone, gone.drift[0]?.n ?? 0);
    if (quiet === null) throw new Error('the notice was there');
    expect(drift(learned(times(40, {}), quiet))).toEqual([]);
    const back = learned(times(400, { a: 1 }), quiet);
    expect(drift(learned(times(20, {}), back))).toHaveLength(1);
    expect(dismissed(quiet, 99)).toBeNull();
  });

  it('keeps the last 100 notices', () => {
    const names = Array.from({ length: 150 }, (_, at) => `p${at}`);
    const all = (value: string | number) => Object.fromEntries(names.map((name) => [name, value]));
    const { drift: notices } = learned([all(1), all('x')]);
    expect([notices.length, notices[0]?.n, notices.at(-1)?.n]).toEqual([100, 51, 150]);
  });
});

describe('what is offered to fix', () => {
  it('asks for what every holder had, and allows the nulls that were seen', () => {
    const schema = learned([
      { id: 1, at: '2026-05-04', note: null, products: [{ price: 1, sku: 'a' }, { price: 2.5 }] },
      { id: 2, at: '2026-05-05', note: 'x', products: [] },
    ]);
    expect(suggested(schema)).toEqual([
      { path: 'id', type: 'integer', required: true, nullable: false },
      { path: 'at', type: 'date-time', required: true, nullable: false },
      { path: 'note', type: 'text', required: true, nullable: true },
      { path: 'products', type: 'list', required: true, nullable: false },
      { path: 'products[]', type: 'object', required: false, nullable: false },
      { path: 'products[].price', type: 'number', required: true, nullable: false },
      { path: 'products[].sku', type: 'text', required: false, nullable: false },
    ]);
  });

  it('leaves out what came in several kinds, unless nearly all were of one', () => {
    const mixed = learned([{ a: 1, b: 1 }, ...times(18, { a: 'x', b: 'x' }), { a: 1, b: 'x' }]);
    expect(suggested(mixed)).toEqual([
      { path: 'a', type: 'text', required: true, nullable: false },
      { path: 'b', type: 'text', required: true, nullable: false },
    ]);
    expect(suggested(learned([{ a: 1 }, { a: 'x' }, { b: null }]))).toEqual([]);
  });
});

function sorted(schema: EventSchema) {
  const byPath = [...schema.properties].sort((a, b) => (a.path < b.path ? -1 : 1));
  const notices = schema.drift.map(({ n: _, ...notice }) => JSON.stringify(notice)).sort();
  return { ...schema, properties: byPath, drift: notices };
}
