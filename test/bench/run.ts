/**
 * `npm run bench`: the product and bare objects side by side in one run, medians of three rounds each, printed as a
 * table and written to bench.json. Absolute figures do not travel between machines; the ratios do.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { widgetSizes } from '../browser/sizes.ts';
import { startLocalEdge } from '../stories/local-edge.ts';
import { startBare } from './bare.ts';
import { at, type Measured } from './load.ts';
import { memoryOf, rowsSince, sizeOf } from './machine.ts';
import * as programme from './programme.ts';
import * as scenes from './scenes.ts';
import { addSegments } from './segments.ts';
import { type BenchShop, batch, makeShop, view } from './shop.ts';
import * as vouchers from './vouchers.ts';

const ROUNDS = 3;
const ROOT = join(import.meta.dirname, '..', '..');
/** How many ledger entries each has before the first spend. */
const SPENDERS: [user: string, entries: number][] = [
  ['spends-few', 10],
  ['spends-many', 10_000],
];

interface Figure {
  what: string;
  value: number;
  unit: string;
  budget?: string;
  /** The same load on bare objects, and our part of it. */
  bare?: number;
  ratio?: number;
  p50?: number;
  p99?: number;
}

const figures: Figure[] = [];
const edge = await startLocalEdge({ demo: false });
const bare = await startBare();
const log = `${edge.state}.log`;
try {
  await measure();
} finally {
  await bare.stop();
  await edge.remove();
}
console.table(Object.fromEntries(figures.map(({ what, ...rest }) => [what, rest])));
const machine = { cores: cpus().length, node: process.version };
writeFileSync(join(ROOT, 'bench.json'), `${JSON.stringify({ machine, rounds: ROUNDS, figures }, null, 2)}\n`);

async function measure(): Promise<void> {
  const shop = await makeShop(edge.url, edge.operatorToken);
  const ours = { url: `${edge.url}/v1/batch`, headers: shop.segment };
  const theirs = { url: `${bare.url}/`, headers: {} };
  const everyone = Array.from({ length: 2_500 }, (_, user) => view(user));
  for (const target of [ours, theirs]) {
    for (let from = 0; from < everyone.length; from += 500) {
      const body = batch(everyone.slice(from, from + 500));
      await (await fetch(target.url, { method: 'POST', headers: target.headers, body })).text();
    }
  }
  await quiet();
  await sideBySide(
    'events/s, one per request',
    1,
    '>= 1,400; >= 40 % of bare',
    () => scenes.single(ours),
    () => scenes.single(theirs),
  );
  await sideBySide(
    'events/s, 50 customers a request',
    50,
    '>= 5,000; >= 40 % of bare',
    () => scenes.fifty(ours),
    () => scenes.fifty(theirs),
  );
  await sideBySide(
    'events/s, 10 customers of 10',
    100,
    '>= 18,000; >= 40 % of bare',
    () => scenes.tenOfTen(ours),
    () => scenes.tenOfTen(theirs),
  );
  await sideBySide(
    'events/s, 100 unknown customers a request, beside known ones',
    100,
    '>= a third of known ones',
    () => scenes.hundredUnknown(ours, crypto.randomUUID()),
    () => scenes.hundredKnown(ours),
  );
  const newcomers = await rounds((run) => scenes.newcomers(ours, run));
  add({ what: '2,500 new customers in one batch', value: newcomers, unit: 'ms', budget: '<= 1,000' });
  await quiet();
  await paced('events, one per request, paced 400/s', '<= 30 ms p99', () => scenes.singlePaced(ours, 400));
  const from = sizeOf(log);
  const lags = await scenes.lagToCopies(shop, 60);
  add({
    what: 'event to D1',
    value: at(lags, 0.5),
    unit: 'ms',
    budget: '<= 150 p99',
    p50: at(lags, 0.5),
    p99: at(lags, 0.99),
  });
  const isolated = rowsSince(log, from, '/v1/track');
  await paced('POST /hub/v1/session, paced 18/s', '', () => scenes.sessions(shop, 18));
  await paced('GET /hub/v1/me, paced 200/s', '', () => scenes.me(shop, 200));
  await segments(shop);
  await vouchers.measure(shop, bare, { sideBySide, paced, quiet, add });
  const few = await scenes.debits(shop, 'few', 10);
  const many = await scenes.debits(shop, 'many', 10_000);
  add({ what: 'debit at 10 entries', value: few.p50, unit: 'ms', p50: few.p50, p99: few.p99 });
  add({
    what: 'debit at 10,000 entries',
    value: many.p50,
    unit: 'ms',
    budget: 'flat',
    p50: many.p50,
    p99: many.p99,
    ratio: many.p50 / few.p50,
  });
  await fullProgramme(shop);
  await costs(ours);
  add({
    what: 'rows written for a new customer and one event',
    value: isolated.rows / isolated.requests,
    unit: 'rows',
  });
  const memory = memoryOf(edge.workerd()[0]);
  if (memory) add({ what: 'memory of the edge, highest', value: memory.highest, unit: 'MiB', budget: '< 400' });
  await sizes();
}

/** The same events in a shop with 100 segments beside one without any; and how soon a membership shows. */
async function segments(plain: BenchShop): Promise<void> {
  const rich = await makeShop(edge.url, edge.operatorToken);
  await addSegments(rich, 100);
  const [theirs, ours] = [plain, rich].map(({ segment }) => ({ url: `${edge.url}/v1/batch`, headers: segment }));
  if (ours === undefined || theirs === undefined) return;
  const everyone = Array.from({ length: 2_500 }, (_, user) => view(user));
  for (let from = 0; from < everyone.length; from += 500) {
    const body = batch(everyone.slice(from, from + 500));
    await (await fetch(ours.url, { method: 'POST', headers: ours.headers, body })).text();
  }
  await quiet();
  await sideBySide(
    'events/s, one per request, 100 segments beside none',
    1,
    '>= 50 % of none',
    () => scenes.single(ours),
    () => scenes.single(theirs),
  );
  await sideBySide(
    'events/s, 10 customers of 10, 100 segments beside none',
    100,
    '>= 50 % of none',
    () => scenes.tenOfTen(ours),
    () => scenes.tenOfTen(theirs),
  );
  await quiet();
  await membershipLags(rich);
}

/** From an event to the membership it changes, one round after another and with pauses; beside two requests to a bare object. */
async function membershipLags(rich: BenchShop): Promise<void> {
  for (const idleMs of [0, 150]) {
    const lags = await scenes.lagToMembership(rich, 300, idleMs);
    await quiet();
    const floor = await scenes.lagOfBare(`${bare.url}/`, 300, idleMs);
    const [p50, p99, bare50] = [at(lags, 0.5), at(lags, 0.99), at(floor, 0.5)];
    const what = `event to membership by API, ${idleMs} ms apart`;
    add({ what, value: p50, unit: 'ms', budget: '< 5 p50, < 10 p99', p50, p99, bare: bare50, ratio: p50 / bare50 });
    const same = `the same, a bare object, ${idleMs} ms apart`;
    add({ what: same, value: bare50, unit: 'ms', p50: bare50, p99: at(floor, 0.99) });
  }
}

/** Orders that earn by a full programme beside the base rate alone; and spends of one customer, early and late in their life. */
async function fullProgramme(plain: BenchShop): Promise<void> {
  const full = await makeShop(edge.url, edge.operatorToken);
  await programme.saveProgramme(full, programme.FULL);
  const [theirs, ours] = [plain, full].map(({ segment }) => ({ url: `${edge.url}/v1/batch`, headers: segment }));
  if (ours === undefined || theirs === undefined) return;
  for (const target of [ours, theirs]) await programme.earningOrders(target, `first-${crypto.randomUUID()}`);
  await quiet();
  await sideBySide(
    'earning orders/s, a full programme beside the base rate',
    1,
    '>= 50 % of the base rate',
    () => programme.earningOrders(ours, crypto.randomUUID()),
    () => programme.earningOrders(theirs, crypto.randomUUID()),
  );
  await quiet();
  for (const [user, entries] of SPENDERS) await programme.makeSpender(full, user, entries, ROUNDS);
  // ten thousand rows are told to D1 first
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const told = new Map<string, Measured[]>(SPENDERS.map(([user]) => [user, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [user, all] of told) all.push(await programme.spends(full, user));
  const [few, many] = SPENDERS.map(([user]) => {
    const all = told.get(user) ?? [];
    return { p50: median(all.map((one) => one.p50)), p99: median(all.map((one) => one.p99)) };
  });
  if (few === undefined || many === undefined) return;
  add({ what: 'spend for a reward at 10 entries', value: few.p50, unit: 'ms', ...few });
  const ratio = many.p50 / few.p50;
  add({ what: 'spend for a reward at 10,000 entries', value: many.p50, unit: 'ms', budget: 'flat', ...many, ratio });
}

/** Money per million plain events, each alone in its request: Cloudflare's public prices of the paid plan, nothing included. */
async function costs(ours: scenes.Target): Promise<void> {
  const from = sizeOf(log);
  await scenes.singlePaced(ours, 100);
  await quiet();
  const told = rowsSince(log, from, '/v1/batch');
  const inObjects = told.rows / told.requests;
  const inCopies = 1;
  const cursor = 1;
  const dollars = inObjects + inCopies + cursor + 0.3 + 0.15;
  add({ what: 'rows written in objects, plain event', value: inObjects, unit: 'rows', budget: '<= 4' });
  add({ what: 'cost of a million events, one per request', value: dollars, unit: '$' });
}

async function sizes(): Promise<void> {
  const worker = gzipSync(readFileSync(join(ROOT, 'dist', 'worker.js')), { level: 9 }).byteLength;
  add({ what: 'worker, gzip', value: worker, unit: 'bytes', budget: '< 1,000,000' });
  for (const { part, gzipBytes, budget } of await widgetSizes()) {
    add({ what: `${part}, gzip`, value: gzipBytes, unit: 'bytes', budget: `<= ${budget}` });
  }
}

type Run = () => Promise<Measured>;

/** Rounds alternate, so that both see the same machine. */
async function sideBySide(what: string, perRequest: number, budget: string, ours: Run, theirs: Run): Promise<void> {
  const [mine, yardstick]: [Measured[], Measured[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    mine.push(await ours());
    await quiet();
    yardstick.push(await theirs());
  }
  const perSecond = (all: Measured[]) => median(all.map((one) => one.perSecond * perRequest));
  const [value, base] = [perSecond(mine), perSecond(yardstick)];
  if (mine.some((one) => one.failed > 0)) throw new Error(`${what}: requests failed`);
  const waits = { p50: median(mine.map((one) => one.p50)), p99: median(mine.map((one) => one.p99)) };
  add({
    what,
    value,
    unit: 'events/s',
    budget,
    bare: base,
    ratio: value / base,
    ...waits,
  });
}

async function paced(what: string, budget: string, run: Run): Promise<void> {
  const all: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await run());
  if (all.some((one) => one.failed > 0)) throw new Error(`${what}: requests failed`);
  const [p50, p99] = [median(all.map((one) => one.p50)), median(all.map((one) => one.p99))];
  add({ what, value: p50, unit: 'ms', budget, p50, p99 });
}

async function rounds(run: (round: number) => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    all.push(await run(round));
    await quiet();
  }
  return median(all);
}

/** Lets copies and checkpoints of the scene before come to rest. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000));
}

function median(values: number[]): number {
  return at(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

function add(figure: Figure): void {
  const rounded = Object.entries(figure).map(([name, value]) => [
    name,
    typeof value === 'number' ? round(value) : value,
  ]);
  figures.push(Object.fromEntries(rounded));
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}
