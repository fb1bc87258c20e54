/** What is measured, one function a figure. Each is run several times and answers what one run took. */
import { type Measured, openWire, requestText, runLoad } from './load.ts';
import { WITNESS } from './segments.ts';
import { type BenchShop, batch, tokenMaker, view } from './shop.ts';

const CUSTOMERS = 2_500;

export interface Target {
  url: string;
  headers: Record<string, string>;
}

const bodies = (count: number, make: (index: number) => string) => {
  const made = Array.from({ length: count }, (_, index) => make(index));
  return (index: number) => made[index] ?? '';
};
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

function post(target: Target, requests: number, make: (index: number) => string, more: object = {}): Promise<Measured> {
  const body = bodies(requests, make);
  return runLoad({ ...target, method: 'POST', body, requests, connections: 10, pace: 0, ...more });
}

export function single(target: Target): Promise<Measured> {
  return post(target, 3_000, (at) => batch([view(at % CUSTOMERS)]));
}

export function singlePaced(target: Target, pace: number): Promise<Measured> {
  return post(target, pace * 3, (at) => batch([view(at % CUSTOMERS)]), { pace, connections: 20 });
}

export function fifty(target: Target): Promise<Measured> {
  return post(target, 150, (at) => batch(upTo(50).map((place) => view((at * 50 + place) % CUSTOMERS))));
}

export function tenOfTen(target: Target): Promise<Measured> {
  return post(target, 150, (at) => batch(upTo(100).map((place) => view((at * 10 + (place % 10)) % CUSTOMERS))));
}

/** 100 events a request, each of another customer who is known already. */
export function hundredKnown(target: Target): Promise<Measured> {
  return post(target, 100, (at) => batch(upTo(100).map((place) => view((at * 100 + place) % CUSTOMERS))));
}

/** The same of 100 customers who were never heard of, each by two names; `run` makes them new again. */
export function hundredUnknown(target: Target, run: string): Promise<Measured> {
  const make = (at: number) =>
    batch(
      upTo(100).map((place) => {
        const name = `${run}-${at}-${place}`;
        return { ...view(0), userId: `u${name}`, anonymousId: `a${name}`, messageId: name };
      }),
    );
  return post(target, 100, make);
}

/** Milliseconds for one batch that makes 2,500 customers of three identifiers each. */
export async function newcomers(target: Target, run: number): Promise<number> {
  const people = upTo(CUSTOMERS).map((at) => ({
    type: 'identify',
    userId: `n${run}-${at}`,
    anonymousId: `a${run}-${at}`,
    traits: { email: `n${run}-${at}@example.com` },
    messageId: `n${run}-${at}`,
  }));
  const from = performance.now();
  const answer = await fetch(target.url, { method: 'POST', headers: target.headers, body: batch(people) });
  await answer.text();
  if (answer.status !== 200) throw new Error(`newcomers: ${answer.status}`);
  return performance.now() - from;
}

/** Milliseconds from sending an event to its being in D1's list, for one customer after another. */
export async function lagToCopies(shop: BenchShop, rounds: number): Promise<number[]> {
  const lags: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const user = `lag-${round}-${Math.random()}`;
    const from = performance.now();
    const message = { type: 'track', userId: user, event: 'X', messageId: user };
    await fetch(`${shop.url}/v1/track`, { method: 'POST', headers: shop.segment, body: JSON.stringify(message) });
    for (;;) {
      const found = (await (await shop.admin('GET', `/admin/v1/customers?q=${user}`)).json()) as { items: unknown[] };
      if (found.items.length > 0) break;
    }
    lags.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return lags.sort((a, b) => a - b);
}

/** Asked before anything is measured: code that runs for the first time is not what an edge is like. */
const WARM_USERS = 25;

/**
 * Milliseconds from sending an event of a known customer to an edge that nobody else asks to reading the segment that it
 * enters or leaves; each round `idleMs` after the one before.
 */
export async function lagToMembership(shop: BenchShop, rounds: number, idleMs: number): Promise<number[]> {
  const wire = await openWire(shop.url);
  const track = (userId: string, event: string) => {
    const body = JSON.stringify({ type: 'track', userId, event, messageId: `${userId}-${event}` });
    return wire.ask(requestText({ url: `${shop.url}/v1/track`, method: 'POST', headers: shop.segment }, body));
  };
  const headers = { Authorization: `Bearer ${shop.secret}` };
  const users = upTo(WARM_USERS + rounds / 2).map((at) => `witness-${idleMs}-${at}`);
  for (const user of users) await track(user, 'Seen');
  const lags: number[] = [];
  for (const [place, user] of users.entries()) {
    for (const event of ['Came In', 'Went Out']) {
      const url = `${shop.url}/admin/v1/customers/user:${user}/segments`;
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      const from = performance.now();
      await track(user, event);
      const { text } = await wire.ask(requestText({ url, method: 'GET', headers }, ''));
      if (place >= WARM_USERS) lags.push(performance.now() - from);
      const isInside = text.includes(`"${WITNESS}"`);
      if (isInside !== (event === 'Came In')) throw new Error(`${user}: ${event} is not in force`);
    }
  }
  wire.close();
  return lags.sort((a, b) => a - b);
}

/** The same of a bare object: one event that is stored, one request that asks nothing. The machine and the client take this. */
export async function lagOfBare(url: string, rounds: number, idleMs: number): Promise<number[]> {
  const wire = await openWire(url);
  const ask = requestText({ url, method: 'GET', headers: {} }, '');
  const lags: number[] = [];
  for (let round = 0; round < 2 * WARM_USERS + rounds; round += 1) {
    const messageId = `bare-${idleMs}-${round}`;
    const body = JSON.stringify({ batch: [{ userId: `u${round}`, messageId, event: 'Came In', properties: {} }] });
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    const from = performance.now();
    await wire.ask(requestText({ url, method: 'POST', headers: {} }, body));
    await wire.ask(ask);
    if (round >= 2 * WARM_USERS) lags.push(performance.now() - from);
  }
  wire.close();
  return lags.sort((a, b) => a - b);
}

export async function sessions(shop: BenchShop, pace: number): Promise<Measured> {
  const tokenFor = await tokenMaker(shop);
  const target = { url: `${shop.url}/hub/v1/session`, headers: { 'Content-Type': 'application/json' } };
  const make = (at: number) => {
    const proof = { kind: 'merchant_jwt', token: tokenFor(at % CUSTOMERS) };
    return JSON.stringify({ key: shop.publishable, proof });
  };
  return post(target, pace * 3, make, { pace, connections: 10 });
}

export async function me(shop: BenchShop, pace: number): Promise<Measured> {
  const tokenFor = await tokenMaker(shop);
  const proof = { kind: 'merchant_jwt', token: tokenFor(1) };
  const body = JSON.stringify({ key: shop.publishable, proof });
  const headers = { 'Content-Type': 'application/json' };
  const opened = await fetch(`${shop.url}/hub/v1/session`, { method: 'POST', headers, body });
  const { session } = (await opened.json()) as { session: { token: string } };
  const bearer = { Authorization: `Bearer ${session.token}` };
  const url = `${shop.url}/hub/v1/me`;
  return runLoad({ url, headers: bearer, method: 'GET', body: () => '', requests: pace * 3, connections: 10, pace });
}

/** Points taken one after another from one customer who already has `entries` ledger entries: median milliseconds. */
export async function debits(shop: BenchShop, user: string, entries: number): Promise<Measured> {
  const orders = upTo(entries).map((at) => ({
    type: 'track',
    userId: user,
    event: 'Order Completed',
    messageId: `${user}-${at}`,
    properties: { order_id: `${user}-${at}`, subtotal: 100, currency: 'EUR' },
  }));
  for (let at = 0; at < orders.length; at += 1_000) {
    const body = batch(orders.slice(at, at + 1_000));
    const answer = await fetch(`${shop.url}/v1/batch`, { method: 'POST', headers: shop.segment, body });
    if (answer.status !== 200) throw new Error(`orders: ${answer.status}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const url = `${shop.url}/admin/v1/customers/user:${user}/points`;
  const headers = { Authorization: `Bearer ${shop.secret}`, 'Content-Type': 'application/json' };
  const make = () => JSON.stringify({ points: -1, reason: 'bench' });
  return post({ url, headers }, 300, make, { connections: 1 });
}
