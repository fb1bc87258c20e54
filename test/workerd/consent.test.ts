/** Consent through the whole worker: who may say what, what stands, and what it costs. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { customersOf } from '../../worker/customers/stubs.ts';
import type { HubConsent, HubView } from '../../worker/wire/hub.ts';
import { ask, get, makeShop as makeHubShop, session } from './hub-shop.ts';
import { type Answer, call, eventually, makeCopies, makeShop, newUser, type TestShop, track } from './shop.ts';

function identify(userId: string, traits: object, more: object = {}): object {
  return { type: 'identify', userId, traits, messageId: crypto.randomUUID(), ...more };
}

async function consentOf(shop: TestShop, ref: string, channel = 'email') {
  const { body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
  return body.consents.find((one: { channel: string }) => one.channel === channel);
}

function put(shop: TestShop, user: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return shop.admin('PUT', `/admin/v1/customers/user:${user}/consents/email`, body, headers);
}

describe('consent from a server', () => {
  it('stands with its source and its time, and the timeline tells every word of it', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    const at = '2026-01-02T00:00:00.000Z';
    const proof = { form: 'footer', ip: '192.0.2.1' };
    await shop.batch(identify(user, { consent: { email: { state: 'subscribed', at, proof } } }));
    await shop.batch(track(user, 'Unsubscribed', {}, { timestamp: '2026-01-01T00:00:00.000Z' }));
    expect(await consentOf(shop, `user:${user}`)).toEqual({
      channel: 'email',
      state: 'subscribed',
      atMs: Date.parse(at),
      source: 'segment',
      trust: 'server',
      proof,
      suppression: null,
      canReceive: true,
      refusal: null,
    });
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline`)).body;
    const told = items.map((item: { consents: object[] }) => item.consents);
    expect(told).toEqual([
      [
        {
          channel: 'email',
          change: 'unsubscribed',
          reason: null,
          atMs: Date.UTC(2026, 0, 1),
          source: 'segment',
          applied: false,
        },
      ],
      [
        {
          channel: 'email',
          change: 'subscribed',
          reason: null,
          atMs: Date.parse(at),
          source: 'segment',
          applied: true,
        },
      ],
    ]);
  });

  it('is never a browser’s for somebody known, and what was not understood is in the debugger', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    await shop.batch(identify(user, { consent: { email: false } }));
    const { publishable } = shop.keys;
    const message = { writeKey: publishable, userId: user, messageId: crypto.randomUUID() };
    await call('POST', '/v1/identify', { ...message, traits: { consent: { email: true, fax: true } } });
    await call('POST', '/v1/track', { ...message, messageId: crypto.randomUUID(), event: 'Email Bounced' });
    expect(await consentOf(shop, `user:${user}`)).toMatchObject({ state: 'unsubscribed', suppression: null });
    const noted = await eventually(async () => {
      const { items } = (await shop.admin('GET', '/admin/v1/events')).body;
      return items.find((one: { messageId: string }) => one.messageId === message.messageId) ?? null;
    });
    expect([noted.verdict, noted.reason]).toEqual(['recorded', 'consent_not_read']);
  });

  it('costs no row: an event with it writes as many as one without', async () => {
    const shop = await makeShop();
    const object = customersOf(env, shop.id, '0-consent-cost');
    const event = (more: object) => ({
      kind: 'event' as const,
      event: {
        key: crypto.randomUUID(),
        source: 'segment',
        trust: 'server' as const,
        name: 'Identified',
        occurredAtMs: 1,
        receivedAtMs: 1,
        properties: {},
        traits: null,
        fact: null,
        ...more,
      },
    });
    const record = async (more: object) => {
      const group = { customer: '0-consent-cost', known: true, inputs: [event(more)] };
      return (await object.record({ shop: shop.id, version: 1, groups: [group], waitMs: 0 })).rowsWritten;
    };
    await record({});
    const plain = await record({});
    const change = { kind: 'state', channel: 'email', state: 'subscribed', atMs: 1, source: 'x', proof: {} };
    expect(await record({ consents: [change] })).toBe(plain);
  });
});

describe('PUT consents/{channel}', () => {
  it('sets a state, suppresses, and lifts only when it is told to; each retry gets the first answer', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    await shop.batch(track(user, 'Viewed'));
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await put(shop, user, { state: 'subscribed', proof: { method: 'phone call' } }, headers);
    expect([first.status, first.body.canReceive, first.body.source]).toEqual([200, true, 'api']);
    expect((await put(shop, user, { suppressed: true })).body).toMatchObject({ canReceive: false, refusal: 'manual' });
    expect((await put(shop, user, { state: 'subscribed' })).body.refusal).toBe('manual');
    const again = await put(shop, user, { state: 'subscribed', proof: { method: 'phone call' } }, headers);
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true']);
    expect((await put(shop, user, { state: 'pending' }, headers)).status).toBe(422);
    expect((await put(shop, user, { suppressed: false })).body).toMatchObject({ canReceive: true, suppression: null });
    expect(await consentOf(shop, `user:${user}`)).toMatchObject({ state: 'subscribed', canReceive: true });
  });

  it('with an older time is recorded and changes nothing', async () => {
    const [shop, user] = [await makeShop(), newUser()];
    await shop.batch(track(user, 'Viewed'));
    await put(shop, user, { state: 'unsubscribed', atMs: 2_000 });
    expect((await put(shop, user, { state: 'subscribed', atMs: 1_000 })).body.state).toBe('unsubscribed');
    const { items } = (await shop.admin('GET', `/admin/v1/customers/user:${user}/timeline?limit=2`)).body;
    expect(items.map((one: { consents: { applied: boolean }[] }) => one.consents[0]?.applied)).toEqual([false, true]);
  });

  it.each([
    [{}, ''],
    [{ state: 'yes' }, 'state'],
    [{ state: 1 }, 'state'],
    [{ state: null }, 'state'],
    [{ suppressed: 'true' }, 'suppressed'],
    [{ state: 'subscribed', colour: 'red' }, 'colour'],
    [{ state: 'subscribed', atMs: -1 }, 'atMs'],
    [{ state: 'subscribed', atMs: 1.5 }, 'atMs'],
    [{ state: 'subscribed', atMs: 1e21 }, 'atMs'],
    [{ state: 'subscribed', atMs: '5' }, 'atMs'],
    [{ state: 'subscribed', atMs: 8e15 }, 'atMs'],
    [{ suppressed: true, atMs: 5 }, 'atMs'],
    [{ state: 'subscribed', source: '' }, 'source'],
    [{ state: 'subscribed', source: 'x'.repeat(101) }, 'source'],
    [{ state: 'subscribed', proof: { password: 'x' } }, 'proof.password'],
    [{ state: 'subscribed', proof: { text: 'x'.repeat(301) } }, 'proof.text'],
    [{ state: 'subscribed', proof: null }, 'proof'],
  ])('INV-14: refuses %j, names %j and changes nothing', async (body, field) => {
    const [shop, user] = [await makeShop(), newUser()];
    await shop.batch(track(user, 'Viewed'));
    const answer = await put(shop, user, body);
    expect([answer.status, answer.body.key, answer.body.errors[0].field]).toEqual([400, 'invalid_request', field]);
    expect((await shop.admin('GET', `/admin/v1/customers/user:${user}`)).body.seq).toBe(1);
  });

  it('INV-10: finds no other shop’s customer, and no channel that is none', async () => {
    const [shop, other, user] = [await makeShop(), await makeShop(), newUser()];
    await shop.batch(track(user, 'Viewed'));
    expect((await put(other, user, { state: 'subscribed' })).status).toBe(404);
    const path = `/admin/v1/customers/user:${user}/consents/fax`;
    expect((await shop.admin('PUT', path, { state: 'subscribed' })).status).toBe(400);
  });
});

describe('the shopper’s own word', () => {
  async function shopper() {
    await makeCopies();
    const shop = await makeHubShop();
    const sub = `user:${newUser()}`;
    const { body } = await session(shop, { sub, email: `${crypto.randomUUID()}@example.com` });
    const token = body.session?.token ?? '';
    const say = (channel: string, saying: unknown, headers: Record<string, string> = {}) =>
      ask<HubConsent & { key: string }>(`/hub/v1/consents/${channel}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
        body: JSON.stringify(saying),
      });
    const admin = (method: string, path: string, wanted?: object) =>
      call(method, `/admin/v1/customers/${sub}${path}`, wanted, { Authorization: `Bearer ${shop.keys.secret}` });
    return { say, admin, view: () => get<HubView>('/hub/v1/me', token), first: body.customer };
  }

  it('is kept with how they signed in and on which page, without its query', async () => {
    const { say, admin, view, first } = await shopper();
    expect(first?.consents).toEqual([{ channel: 'email', state: 'never_subscribed', suppression: null }]);
    const pageUrl = 'https://shop.example/account?token=secret#x';
    const said = await say('email', { state: 'subscribed', pageUrl });
    expect([said.status, said.body]).toEqual([200, { channel: 'email', state: 'subscribed', suppression: null }]);
    expect((await view()).body.customer?.consents).toEqual([said.body]);
    expect((await admin('GET', '')).body.consents[0]).toMatchObject({
      source: 'hub',
      trust: 'server',
      proof: { method: 'merchant_jwt', url: 'https://shop.example/account' },
    });
  });

  it('said again writes nothing, and a late retry does not turn a newer word round', async () => {
    const { say, admin, view } = await shopper();
    const first = { 'idempotency-key': crypto.randomUUID() };
    await say('email', { state: 'subscribed' }, first);
    await say('email', { state: 'subscribed' });
    expect((await admin('GET', '')).body.seq).toBe(2);
    await say('email', { state: 'unsubscribed' });
    expect((await say('email', { state: 'subscribed' }, first)).body.state).toBe('unsubscribed');
    expect((await view()).body.customer?.consents[0]?.state).toBe('unsubscribed');
  });

  it('cannot subscribe where nothing can arrive, and can always unsubscribe', async () => {
    const { say, admin } = await shopper();
    expect((await say('sms', { state: 'subscribed' })).body.key).toBe('conflict');
    expect((await say('sms', { state: 'unsubscribed' })).body.state).toBe('unsubscribed');
    await admin('PUT', '/consents/email', { suppressed: true });
    expect((await say('email', { state: 'subscribed' })).body.key).toBe('conflict');
    expect((await say('email', { state: 'unsubscribed' })).body).toEqual({
      channel: 'email',
      state: 'unsubscribed',
      suppression: 'manual',
    });
  });

  it.each([
    {},
    { state: 'pending' },
    { state: true },
    { state: 'subscribed', pageUrl: 'javascript:alert(1)' },
    { state: 'subscribed', pageUrl: `https://x.example/${'x'.repeat(2_000)}` },
    { state: 'subscribed', customer: 'other' },
  ])('INV-14: as %j is refused', async (saying) => {
    const { say, admin } = await shopper();
    expect((await say('email', saying)).status).toBe(400);
    expect((await admin('GET', '')).body.seq).toBe(1);
  });

  it('needs a bearer, and waits after many changes', async () => {
    const { say } = await shopper();
    expect((await say('email', { state: 'subscribed' }, { authorization: 'Bearer x' })).status).toBe(401);
    const states = Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? 'subscribed' : 'unsubscribed'));
    const answers = [];
    for (const state of states) answers.push((await say('email', { state })).status);
    expect(answers).toContain(429);
  });

  it('may be said from the shop’s pages: a preflight allows PUT', async () => {
    const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' };
    const answer = await ask('/hub/v1/consents/email', { method: 'OPTIONS', headers: preflight });
    expect([answer.status, answer.headers.get('access-control-allow-methods')?.includes('PUT')]).toEqual([204, true]);
  });
});
