/** Requests that were refused before their events were read, noted for the shop they were for: where it can be told. */
import type { MiddlewareHandler } from 'hono';
import { LONGEST_BODY } from '../debugger/note.ts';
import { noteRefusal } from '../debugger/notes.ts';
import type { EventSource } from '../domain/event-rules.ts';
import type { AppContext, AppEnv } from '../http/app.ts';
import { readKey } from '../shops/keys.ts';
import { type EventReason, isEventReason } from '../wire/event-reasons.ts';
import { ProblemError } from '../wire/problem.ts';
import { keyBesideBody } from './write-key.ts';

const LONGEST_LABEL = 255;
/** Enough bytes for a body's text to be known as too long to be kept whole. */
const MOST_RAW_BYTES = 3 * LONGEST_BODY + 4;

/** Put before the routes of a source; looks at what they threw. */
export function refusalsNoted(source: EventSource): MiddlewareHandler<AppEnv> {
  return async function refusalsNoted(c, next) {
    await next();
    if (c.error !== undefined) await note(c, source, c.error);
  };
}

async function note(c: AppContext, source: EventSource, error: Error): Promise<void> {
  const shop = c.get('shop') || (source === 'segment' ? await shopOfKey(c) : null);
  if (shop === null) return;
  const about = source === 'shopify' ? webhookAbout(c) : { type: segmentCall(c), messageId: null };
  const noted = noteRefusal(c.env, shop, {
    ...{ atMs: Date.now(), source, trust: null, name: null, sentName: null, customer: null, event: null, lesson: null },
    ...about,
    verdict: c.res.status < 500 ? 'refused' : 'failed',
    reason: reasonOf(c, error),
    differences: [],
    count: 1,
    raw: boundedRaw(c),
  });
  c.executionCtx.waitUntil(noted);
}

function reasonOf(c: AppContext, error: Error): EventReason {
  if (c.res.status >= 500) return c.res.status === 503 ? 'unavailable' : 'internal';
  return error instanceof ProblemError && isEventReason(error.key) ? error.key : 'refused';
}

/**
 * The shop that gave out the key of a request that was refused before, or because of, its key. The check characters
 * prove that this installation made it, so that nobody can write into a log with keys of his own invention.
 */
async function shopOfKey(c: AppContext): Promise<string | null> {
  const key = keyBesideBody(c.req.raw) ?? keyInBody(c);
  return key === null ? null : ((await readKey(c.env.ROOT_SECRET, key))?.shop ?? null);
}

/** The body may be no JSON, which is what it was refused for. */
function keyInBody(c: AppContext): string | null {
  const bytes = c.get('received');
  if (bytes === undefined) return null;
  return /"writeKey"\s*:\s*"([a-z0-9_]{1,100})"/.exec(new TextDecoder().decode(bytes))?.[1] ?? null;
}

/** `/v1/track` -> `track`. */
function segmentCall(c: AppContext): string | null {
  return shortText(c.req.path.split('/').at(-1) ?? null);
}

export function webhookAbout(c: AppContext): { type: string | null; messageId: string | null } {
  const read = (name: string) => c.req.header(`x-shopify-${name}`) ?? c.req.header(`shopify-${name}`) ?? null;
  return { type: shortText(read('topic')), messageId: shortText(read('event-id') ?? read('webhook-id')) };
}

/** The bytes of the body as far as they can be kept; a copy, so that a large body is not held by its beginning. */
export function boundedRaw(c: AppContext): Uint8Array | null {
  const bytes = c.get('received');
  if (bytes === undefined) return null;
  return bytes.byteLength > MOST_RAW_BYTES ? bytes.slice(0, MOST_RAW_BYTES) : bytes;
}

export function shortText(text: string | null): string | null {
  return text === null ? null : text.slice(0, LONGEST_LABEL).toWellFormed();
}
