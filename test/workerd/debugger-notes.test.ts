/** What an isolate holds back for the event log: bounded, made only when it is sent, and never lost with one request. */
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { lessonsOf, type Note, type Page } from '../../worker/debugger/note.ts';
import { type Arrival, noteArrival, noteRefusal } from '../../worker/debugger/notes.ts';
import type { Env } from '../../worker/env.ts';

const GATHERED_MS = 600;

/** A Debugger that writes down the names it is told, a list for each call. */
function listening() {
  const calls: string[][] = [];
  const keep = async (pages: Page[]) => {
    const heads: Note[] = pages.flatMap((page) => JSON.parse(page.heads));
    calls.push(heads.map((head) => `${head.name} ${head.count}`));
  };
  const DEBUGGER = { idFromName: (id: string) => id, get: () => ({ keep }) };
  return { calls, told: { ...env, DEBUGGER } as unknown as Env };
}

function note(name: string, more: Partial<Note> = {}): Note {
  const sender = { atMs: 1, source: 'segment' as const, trust: 'server' as const, type: 'track', name, sentName: name };
  const outcome = { verdict: 'recorded' as const, reason: null, differences: [], customer: null, count: 1 };
  return { ...sender, messageId: name, ...outcome, raw: { name }, event: null, lesson: null, ...more };
}

function arrival(name: string, events = 1, bytes = 10) {
  const notes = vi.fn(() => Array.from({ length: events }, (_, at) => note(`${name}${at}`)));
  return { events, bytes, notes } satisfies Arrival;
}

describe('events held back', () => {
  it('are told by the next request, where the one that gathered them was cancelled', async () => {
    const { calls, told } = listening();
    const shop = crypto.randomUUID();
    // a cancelled request takes its timers with it
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementationOnce(() => 0 as never);
    void noteArrival(told, shop, arrival('a'));
    timers.mockRestore();
    await noteArrival(told, shop, arrival('b'));
    expect(calls).toEqual([]);
    await scheduler.wait(1_050);
    await noteArrival(told, shop, arrival('c'));
    expect(calls).toEqual([['a0 1', 'b0 1', 'c0 1']]);
  });

  it('are the newest 1,000, and what they push out is never made', async () => {
    const { calls, told } = listening();
    const shop = crypto.randomUUID();
    const all = ['a', 'b', 'c', 'd'].map((name) => arrival(name, 400));
    for (const one of all) void noteArrival(told, shop, one);
    await scheduler.wait(GATHERED_MS);
    expect(all.map((one) => one.notes.mock.calls.length)).toEqual([0, 1, 1, 1]);
    expect([calls.length, calls[0]?.length, calls[0]?.[0], calls[0]?.at(-1)]).toEqual([1, 1_000, 'b200 1', 'd399 1']);
  });

  it('are at most 2 MB as they were received', async () => {
    const { calls, told } = listening();
    const shop = crypto.randomUUID();
    for (const name of ['a', 'b', 'c']) void noteArrival(told, shop, arrival(name, 1, 900_000));
    await scheduler.wait(GATHERED_MS);
    expect(calls).toEqual([['b0 1', 'c0 1']]);
    // and nothing of them counts any more
    for (const name of ['d', 'e']) void noteArrival(told, shop, arrival(name, 1, 900_000));
    await scheduler.wait(GATHERED_MS);
    expect(calls[1]).toEqual(['d0 1', 'e0 1']);
  });

  it('of a kind are counted where whole requests were refused: after 20, over a rate after the first', async () => {
    const { calls, told } = listening();
    const shop = crypto.randomUUID();
    for (let at = 0; at < 30; at += 1) {
      void noteRefusal(told, shop, note('limited', { verdict: 'refused', reason: 'rate_limited' }));
      void noteRefusal(told, shop, note('broken', { verdict: 'refused', reason: 'invalid_json' }));
    }
    await scheduler.wait(GATHERED_MS);
    const [lines = []] = calls;
    expect([
      lines.filter((one) => one === 'limited 30').length,
      lines.filter((one) => one === 'broken 1').length,
    ]).toEqual([1, 19]);
    expect([lines.includes('broken 11'), lines.length]).toEqual([true, 21]);
  });
});

it('a flush teaches 10,000 properties at most, however long their paths: what is beyond is counted', () => {
  const content = { ['k'.repeat(200)]: Object.fromEntries(Array.from({ length: 999 }, (_, at) => [`${at}`, 1])) };
  const notes = Array.from({ length: 100 }, (_, at) => note(`n${at}`, { lesson: { name: `n${at}`, content } }));
  const seen = lessonsOf(notes).map((lesson) => lesson.observation);
  const sums = (of: (one: (typeof seen)[number]) => number) => seen.reduce((sum, one) => sum + of(one), 0);
  expect([seen.length, sums((one) => one.properties.length), sums((one) => one.overflow)]).toEqual([
    100, 10_000, 90_000,
  ]);
});
