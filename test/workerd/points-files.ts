/** Files of points from the API to the ledger and back, as a merchant's developer would send them. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { JOB_KINDS } from '../../worker/jobs/kinds.ts';
import { jobsOf } from '../../worker/jobs/stubs.ts';
import { NewPointsImport } from '../../worker/wire/points-imports.ts';
import { type TestShop, worker } from './shop.ts';

export async function upload(shop: TestShop, id: string, part: number, body: string): Promise<number> {
  const headers = { Authorization: `Bearer ${shop.keys.secret}` };
  const path = `https://edge.test/admin/v1/points-imports/${id}/parts/${part}`;
  return (await worker.fetch(new Request(path, { method: 'PUT', headers, body }))).status;
}

/** Makes an import, uploads its parts and starts it. */
export async function startPoints(shop: TestShop, about: object, ...parts: string[]): Promise<string> {
  const made = await shop.admin('POST', '/admin/v1/points-imports', { format: 'csv', ...about });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id } = made.body;
  for (const [at, part] of parts.entries()) expect(await upload(shop, id, at + 1, part)).toBe(200);
  const started = await shop.admin('POST', `/admin/v1/points-imports/${id}/start`, { parts: parts.length });
  expect([started.status, started.headers.get('location')]).toEqual([202, `/admin/v1/jobs/${id}`]);
  return id;
}

export async function importPoints(shop: TestShop, about: object, ...parts: string[]) {
  return ended(shop, await startPoints(shop, about, ...parts));
}

export async function ended(shop: TestShop, id: string) {
  await jobsOf(env, shop.id).ended(id, 15_000);
  const read = await shop.admin('GET', `/admin/v1/points-imports/${id}`);
  const lines = await shop.admin('GET', `/admin/v1/points-imports/${id}/lines?limit=1000`);
  return { id, import: read.body, counts: read.body.counts, lines: lines.body.items };
}

/** Takes an import back; the counts and the report of the job. */
export async function undone(shop: TestShop, id: string, words: object = {}) {
  const started = await shop.admin('POST', `/admin/v1/points-imports/${id}/undo`, words);
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  await jobsOf(env, shop.id).ended(started.body.id, 15_000);
  const { undo } = (await shop.admin('GET', `/admin/v1/points-imports/${id}`)).body;
  const lines = (await shop.admin('GET', `/admin/v1/jobs/${started.body.id}/lines?limit=1000`)).body.items;
  return { ...undo, lines };
}

export async function pointsOf(shop: TestShop, ref: string) {
  const { status, body } = await shop.admin('GET', `/admin/v1/customers/${ref}`);
  if (status !== 200) return null;
  const { balance, debt, lifetime } = body.points;
  return { balance, debt, lifetime };
}

interface Entry {
  kind: string;
  points: number;
  reason: string | null;
  note: string | null;
  lots: { lot: number; points: number; expiresAtMs: number | null }[];
}

/** Ledger entries, newest first. */
export async function journalOf(shop: TestShop, ref: string): Promise<Entry[]> {
  return (await shop.admin('GET', `/admin/v1/customers/${ref}/points?limit=200`)).body.items;
}

const MOST_TRIES = 40;

/** A job whose steps a test runs itself, so that it can have them die: as the runner does, it saves a step that came to its end. */
export class PointsJob {
  readonly id = `pim_${crypto.randomUUID()}`;
  readonly #shop: TestShop;
  readonly #input: unknown;
  readonly #bytes: Uint8Array;
  readonly #kind: string;
  readonly #met = new Map<string, number>();
  readonly #figures = new Map<string, number>();
  result: unknown = null;

  constructor(shop: TestShop, input: object, file: string, kind = 'points_import') {
    this.#shop = shop;
    this.#kind = kind;
    this.#input = kind === 'points_import' ? NewPointsImport.parse({ format: 'csv', ...input }) : input;
    this.#bytes = new TextEncoder().encode(file);
  }

  /** Runs to its end; true where none of its calls died. `mortal` is what its steps see until one of them died. */
  async run(mortal: typeof env): Promise<boolean> {
    let cursor: unknown = null;
    let sees = mortal;
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        const outcome = await this.#step(sees, cursor);
        for (const [name, value] of outcome.figures ?? []) this.#figures.set(name, value);
        if (outcome.state === 'failed') throw new Error(outcome.reason);
        if (outcome.state === 'done') {
          this.result = outcome.result;
          return sees === mortal;
        }
        cursor = outcome.cursor;
      } catch (error) {
        if (!String(error).includes('crashed')) throw error;
        sees = env;
      }
    }
    throw new Error('it never ends');
  }

  async #step(sees: typeof env, cursor: unknown) {
    const kind = JOB_KINDS[this.#kind];
    if (kind === undefined) throw new Error('no such kind');
    const bytes = this.#bytes;
    return kind.step({
      env: sees,
      shop: this.#shop.id,
      job: this.id,
      input: this.#input,
      cursor,
      progress: { done: 0, total: null },
      untilMs: 0,
      upload: { size: bytes.length, read: (from, length) => bytes.slice(from, from + length) },
      firstLines: (met) => {
        for (const [name, line] of met) if (!this.#met.has(name)) this.#met.set(name, line);
        return this.#met;
      },
      figures: () => this.#figures,
      fileOfKey: (_, file) => file,
    });
  }
}
