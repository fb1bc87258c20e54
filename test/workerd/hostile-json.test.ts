/** What a message may hold: kept as it was said or refused for a reason, and everything stays readable afterwards. */
import { describe, expect, it } from 'vitest';
import { call, eventually, makeShop, newUser, type TestShop, track, worker } from './shop.ts';

async function propertiesOf(shop: TestShop, user: string): Promise<unknown[]> {
  const { status, body } = await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`);
  return status === 404 ? [] : body.items.map((one: { properties: unknown }) => one.properties);
}

async function reasonsOf(shop: TestShop, messages: object[]): Promise<(string | null)[]> {
  expect((await shop.batch(...messages)).status).toBe(200);
  const items = await eventually(async () => {
    const { body } = await shop.admin('GET', '/admin/v1/events?limit=1000');
    return body.items.length >= messages.length ? body.items : null;
  });
  return items.map((one: { reason: string | null }) => one.reason).reverse();
}

/** Sends one track call whose properties are this JSON, byte by byte. */
async function tell(shop: TestShop, user: string, properties: string) {
  const answer = await shop.segment('/v1/track', `{"userId":"${user}","event":"Told","properties":${properties}}`);
  return { status: answer.status, key: answer.body.key, kept: await propertiesOf(shop, user) };
}

describe('properties are kept as they were said:', () => {
  it.each([
    ['a key named __proto__', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'],
    ['halves of characters', '{"\\ud800":"a\\udc00b"}'],
    ['the character NUL, escaped', '{"a\\u0000b":"\\u0000"}'],
    ['the last of duplicate keys', '{"a":1,"a":2}'],
    ['numbers at the edge of a double', '{"a":1e308,"b":-0.1,"c":5e-324,"d":9007199254740993}'],
    ['31 levels', `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`],
    ['15,000 elements', `{"a":[${Array(15_000).fill(0).join()}]}`],
    ['3,000 keys', `{${Array.from({ length: 3_000 }, (_, at) => `"k${at}":0`).join()}}`],
  ])('%s', async (_, said) => {
    const shop = await makeShop();
    const { status, kept } = await tell(shop, newUser(), said);
    expect(status).toBe(200);
    expect(kept.map((one) => JSON.stringify(one))).toEqual([JSON.stringify(JSON.parse(said))]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('a mark at the beginning of the body changes nothing', async () => {
    const shop = await makeShop();
    const user = newUser();
    expect((await shop.segment('/v1/track', `\ufeff{"userId":"${user}","event":"Told"}`)).status).toBe(200);
    expect(await propertiesOf(shop, user)).toEqual([{}]);
  });
});

describe('a body is refused whole, and nothing of it kept, for', () => {
  const invalid: [string, string][] = [
    ['NaN', '{"a":NaN}'],
    ['Infinity', '{"a":-Infinity}'],
    ['a raw NUL', '{"a":"\u0000"}'],
    ['a raw newline in a text', '{"a":"\n"}'],
    ['a comma too many', '{"a":1,}'],
    ['a comment', '{/**/}'],
    ['two values', '{} {}'],
    ['no end', '{"a":['],
  ];
  it.each(invalid)('%s', async (_, said) => {
    const shop = await makeShop();
    expect(await tell(shop, newUser(), said)).toEqual({ status: 400, key: 'invalid_json', kept: [] });
  });

  it('bytes that are no UTF-8', async () => {
    const { keys } = await makeShop();
    const basic = { Authorization: `Basic ${btoa(`${keys.write}:`)}` };
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
      const text = [...'{"userId":"u","event":"'].map((char) => char.charCodeAt(0));
      const body = new Uint8Array([...text, ...bytes, 0x22, 0x7d]);
      const request = new Request('https://edge.test/v1/track', { method: 'POST', headers: basic, body });
      expect((await worker.fetch(request)).status).toBe(400);
    }
  });

  it.each([
    ['a million elements', `[${'0,'.repeat(1_000_000)}0]`],
    ['a million keys', `{${Array.from({ length: 1_000_000 }, (_, at) => `"${at}":0`).join()}}`],
  ])('%s', async (_, said) => {
    const shop = await makeShop();
    const answer = await shop.segment('/v1/batch', `{"batch":[],"x":${said}}`);
    expect([answer.status, answer.body.key]).toEqual([400, 'payload_too_large']);
  });

  it.each(['null', '[]', '"text"', '5', 'true'])('being %s', async (said) => {
    const shop = await makeShop();
    expect((await shop.segment('/v1/track', said)).body.errors).toEqual([{ field: '', rule: 'must be a JSON object' }]);
    expect((await shop.segment('/v1/batch', said)).status).toBe(400);
  });

  it.each(['[[', '{"a":{"a":'])('a depth of 100,000 as in %s, when it does not end', async (said) => {
    const shop = await makeShop();
    expect((await shop.segment('/v1/batch', said.repeat(50_000))).body.key).toBe('invalid_json');
  });
});

describe('a message is refused by itself, with the reason, for', () => {
  it('its depth, a number no double holds, its names and its ids', async () => {
    const shop = await makeShop();
    const user = newUser();
    const deep = `{"type":"track","userId":"${user}","event":"X","properties":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
    const large = `{"type":"track","userId":"${user}","event":"X","properties":{"a":[1e999]}}`;
    const rest = [
      track(user, 'A\ud800'),
      track(user, 'A\u0000'),
      track(`${user}\udc00`, 'X'),
      track(user, 'X', {}, { messageId: 'm\u0000' }),
      track(user, 'Kept'),
    ];
    const answer = await shop.segment('/v1/batch', `{"batch":[${deep},${large}]}`);
    expect(answer.status).toBe(200);
    const reasons = await reasonsOf(shop, rest);
    expect(reasons.slice(-5)).toEqual([
      'event_name_not_text',
      'event_name_not_text',
      'id_not_text',
      'message_id_not_text',
      null,
    ]);
    expect(reasons.slice(0, 2)).toEqual(['too_deep', 'number_too_large']);
    expect(await propertiesOf(shop, user)).toEqual([{}]);
  });
});

describe('afterwards', () => {
  it('every list and every copy can be read', async () => {
    const shop = await makeShop();
    const user = newUser();
    const bad = 'a\u0000b\ud800c';
    const traits = {
      firstName: bad,
      lastName: `${'x'.repeat(252)}😀`,
      phone: bad,
      [bad]: bad,
      ['__proto__']: { a: 1 },
    };
    const order = { subtotal: 5, currency: bad, order_name: bad, products: [{ name: bad, sku: bad, price: 1 }] };
    await shop.batch(
      { type: 'identify', userId: user, traits, messageId: '1' },
      track(user, 'Order Completed', { ...order, order_id: 'o' }),
      track(user, 'Order Completed', { ...order, order_id: 'o\ud800' }),
      track(user, 'Order Completed', { ...order, order_id: 'o\ud801' }),
    );
    const profile = await eventually(async () => {
      const { body } = await shop.admin('GET', `/admin/v1/customers?q=${user}`);
      return body.items[0] ?? null;
    });
    expect(profile.name.isWellFormed()).toBe(true);
    expect(profile.name.startsWith('a\u0000b\ufffdc xxx')).toBe(true);
    const paths = [`/customers/user:${user}`, `/customers/user:${user}/timeline`, '/customers', '/orders', '/events'];
    for (const path of paths) expect((await shop.admin('GET', `/admin/v1${path}`)).status, path).toBe(200);
    const { body } = await shop.admin('GET', '/admin/v1/orders');
    expect(body.items.map((one: { id: string; name: string }) => [one.id, one.name])).toEqual([
      ['o', 'a\u0000b\ufffdc'],
    ]);
  });

  it('two orders whose ids differ in half a character have not become one', async () => {
    const shop = await makeShop();
    const orderOf = (id: string) => track(newUser(), 'Order Completed', { order_id: id, subtotal: 5 });
    expect(await reasonsOf(shop, [orderOf('o\ud800'), orderOf('o\ud801')])).toEqual(['no_order_id', 'no_order_id']);
  });

  it('a flood of refusals with the longest of names can be read, as much of it as is kept', async () => {
    const shop = await makeShop();
    const text = '\u0001'.repeat(255);
    const batch = Array.from({ length: 130 }, () => ({ type: text, event: text, messageId: text.slice(0, 100) }));
    const send = () => call('POST', '/v1/batch', { batch, writeKey: shop.keys.write });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const items = await eventually(async () => {
      const all = await everyEvent(shop);
      return all.length >= 300 ? all : null;
    }, 5_000);
    expect(new Set(items.map((one) => one.reason))).toEqual(new Set(['unknown_type']));
  });
});

async function everyEvent(shop: TestShop): Promise<{ reason: string }[]> {
  const all: { reason: string }[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await shop.admin('GET', `/admin/v1/events?limit=200${cursor}`);
    all.push(...body.items);
    if (body.nextCursor === null) return all;
    cursor = `&cursor=${body.nextCursor}`;
  }
}
