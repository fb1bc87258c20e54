/** `npm run rebuild`: asks a running edge to rebuild a shop's copies, or to compare them, and prints how far it is. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Refusal } from './refusal.ts';

const USAGE = `Usage: npm run rebuild -- [flags]

  --url URL      the edge (default http://localhost:8787)
  --key KEY      a secret key of the shop, with the scopes customers and settings (default: REGULARS_KEY)
  --state DIR    take the key of the demo shop of this state instead (default .regulars, where no key is given)
  --compare      report differences instead of rebuilding; ends with 1 where there are any
  --help         this text`;

const ASK_AGAIN_MS = 500;

interface Job {
  id: string;
  state: string;
  progress: { done: number; total: number | null };
  result: { differences?: number } | null;
  error: string | null;
}

interface Options {
  url: string;
  key: string;
  kind: 'rebuild' | 'compare';
}

function options(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      url: { type: 'string', default: 'http://localhost:8787' },
      key: { type: 'string', default: process.env.REGULARS_KEY ?? '' },
      state: { type: 'string', default: '.regulars' },
      compare: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (!URL.canParse(values.url)) throw new Refusal('--url takes an address such as http://localhost:8787');
  const key = values.key === '' ? demoKey(values.state) : values.key;
  return { url: values.url.replace(/\/$/, ''), key, kind: values.compare ? 'compare' : 'rebuild' };
}

function demoKey(state: string): string {
  try {
    const shops: { live: { keys: { secret: string } } } = JSON.parse(readFileSync(join(state, 'demo.json'), 'utf8'));
    return shops.live.keys.secret;
  } catch {
    throw new Refusal(`no --key, no REGULARS_KEY, and no demo shop in ${state}`);
  }
}

async function ask<T>({ url, key }: Options, path: string, init: RequestInit = {}): Promise<T> {
  const headers = { Authorization: `Bearer ${key}`, ...init.headers };
  const response = await fetch(url + path, { ...init, headers }).catch((error: Error) => {
    throw new Refusal(`${url} does not answer: ${error.message}`);
  });
  const text = await response.text();
  if (!response.headers.get('content-type')?.includes('json')) throw new Refusal(`${url} is no edge of Regulars`);
  if (!response.ok) throw new Refusal(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Follows the job to its end and answers the process's exit code. */
async function run(of: Options): Promise<number> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
  let job = await ask<Job>(of, '/admin/v1/jobs', { method: 'POST', headers, body: JSON.stringify({ kind: of.kind }) });
  while (job.state === 'queued' || job.state === 'running') {
    const trouble = job.error === null ? '' : ` (trying again: ${job.error})`;
    console.log(`${of.kind} ${job.state}: ${job.progress.done} customers${trouble}`);
    await sleep(ASK_AGAIN_MS);
    job = await ask<Job>(of, `/admin/v1/jobs/${job.id}`);
  }
  console.log(`${of.kind} ${job.state}: ${JSON.stringify(job.result ?? job.error)}`);
  if (of.kind === 'compare') await printLines(of, job.id);
  return job.state === 'done' && (job.result?.differences ?? 0) === 0 ? 0 : 1;
}

async function printLines(of: Options, id: string): Promise<void> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { items: object[]; nextCursor: string | null } = await ask(
      of,
      `/admin/v1/jobs/${id}/lines?limit=1000${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    for (const line of page.items) console.log(JSON.stringify(line));
    cursor = page.nextCursor;
  }
}

try {
  const wanted = options(process.argv.slice(2));
  if (wanted === null) console.log(USAGE);
  else process.exitCode = await run(wanted);
} catch (error) {
  if (error instanceof Refusal) console.error(error.message);
  else if (error instanceof TypeError) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(error);
  process.exitCode = 2;
}
