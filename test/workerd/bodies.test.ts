/** What a body may be: packed, cut, endless, lying about itself. What is asserted is how much was taken in, not how long it took. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBytes } from '../../worker/http/body.ts';
import { ProblemError } from '../../worker/wire/problem.ts';

const MOST = 500 * 1024;
const encoder = new TextEncoder();

afterEach(() => void vi.unstubAllGlobals());

function request(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request('https://edge.test/v1/batch', { method: 'POST', body, headers });
}

/** The text that was read, or the key of the refusal. */
async function read(body: BodyInit, headers: Record<string, string> = {}): Promise<string> {
  try {
    return new TextDecoder().decode(await readBytes(request(body, headers), MOST));
  } catch (error) {
    if (error instanceof ProblemError) return error.key;
    throw error;
  }
}

function unpack(body: Uint8Array<ArrayBuffer>, encoding = 'gzip'): Promise<string> {
  return read(body, { 'Content-Encoding': encoding });
}

/** So many bytes of nothing, given out a chunk at a time; says how many were asked for. */
function zeros(bytes: number) {
  const chunk = new Uint8Array(64 * 1024).fill(48);
  let given = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        given += chunk.byteLength;
        controller.enqueue(chunk.slice());
        if (given >= bytes) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, given: () => given };
}

async function packed(text: string | ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
  const stream = typeof text === 'string' ? new Blob([text]).stream() : text;
  return new Uint8Array(await new Response(stream.pipeThrough(new CompressionStream('gzip'))).arrayBuffer());
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Counts what is given to the platform's unpacking, which unpacks at once all that it is given. */
function countUnpacked() {
  let given = 0;
  const Real = DecompressionStream;
  const counting = vi.fn(function Counting(format: 'gzip') {
    const { readable, writable } = new Real(format);
    const writer = writable.getWriter();
    const counter = new WritableStream<Uint8Array>({
      async write(chunk) {
        given += chunk.byteLength;
        await writer.write(chunk);
      },
      close: () => writer.close(),
    });
    return { readable, writable: counter };
  });
  vi.stubGlobal('DecompressionStream', counting);
  return () => given;
}

describe('a packed body', () => {
  it('is unpacked where its header says gzip by either name, in any case', async () => {
    const body = await packed('{"a":1}');
    for (const name of ['gzip', 'x-gzip', 'GZIP', ' gzip ']) expect(await unpack(body, name)).toBe('{"a":1}');
  });

  it('is unpacked whole at any size up to the limit', async () => {
    for (const size of [0, 1, 4_095, 4_096, 4_097, 100_000, MOST]) {
      const text = Array.from({ length: size }, (_, at) => String.fromCharCode(32 + ((at * 7919) % 95))).join('');
      expect((await unpack(await packed(text))) === text, `${size}`).toBe(true);
    }
  });

  it('that somebody on the way unpacked already is taken as it is', async () => {
    expect(await unpack(joined(encoder.encode('{"a":1}')))).toBe('{"a":1}');
    expect(await read('{"a":1}', { 'Content-Encoding': 'identity' })).toBe('{"a":1}');
  });

  it('in another packing is refused by name', async () => {
    for (const name of ['br', 'deflate', 'gzip, gzip', 'zstd', '*'])
      expect(await read('{}', { 'Content-Encoding': name })).toBe('invalid_request');
  });

  it.each([64_000_000, 400_000_000])('that would become %i bytes is refused after 4 KB of it', async (bytes) => {
    const bomb = await packed(zeros(bytes).stream);
    const given = countUnpacked();
    expect(await unpack(bomb)).toBe('payload_too_large');
    expect(given()).toBe(4 * 1024);
    expect(bomb.byteLength).toBeGreaterThan(10 * given());
  });

  it('that hides its bomb behind an honest beginning is refused a slice after it starts', async () => {
    const honest = crypto.getRandomValues(new Uint8Array(60_000));
    const bomb = await packed(new Blob([honest, await new Response(zeros(64_000_000).stream).arrayBuffer()]).stream());
    const given = countUnpacked();
    expect(await unpack(bomb)).toBe('payload_too_large');
    expect(given()).toBeLessThanOrEqual(60_000 + 3 * 4 * 1024);
  });

  it('of several members, cut, with something behind it or damaged is refused', async () => {
    const body = await packed(`{"a":"${'x'.repeat(20_000)}"}`);
    const many = joined(...Array.from({ length: 200 }, () => body));
    const broken = joined(body);
    broken[broken.length - 6] = (broken[broken.length - 6] ?? 0) ^ 1;
    const bodies = {
      many,
      cut: body.slice(0, -5),
      head: body.slice(0, 3),
      behind: joined(body, encoder.encode('{}')),
      broken,
    };
    for (const [name, one] of Object.entries(bodies)) expect(await unpack(one), name).toBe('invalid_json');
  });

  it('packed twice is unpacked once', async () => {
    const once = await packed('{}');
    const twice = new Uint8Array(
      await new Response(new Blob([once]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
    );
    expect(joined(await readBytes(request(twice, { 'Content-Encoding': 'gzip' }), MOST))).toEqual(once);
  });
});

describe('a body without a length', () => {
  it('is read to its end', async () => {
    const { stream } = zeros(128 * 1024);
    expect(await read(stream)).toBe('0'.repeat(128 * 1024));
  });

  it('and without an end is read to the limit and no further', async () => {
    const { stream, given } = zeros(Number.POSITIVE_INFINITY);
    expect(await read(stream)).toBe('payload_too_large');
    expect(given()).toBeLessThanOrEqual(MOST + 3 * 64 * 1024);
  });

  it('that breaks off is refused, not taken for a bug of ours', async () => {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode('{"batch":['));
        controller.error(new Error('gone'));
      },
    });
    expect(await read(stream)).toBe('invalid_json');
  });
});

describe('a Content-Length', () => {
  it('above the limit refuses the body before it is read', async () => {
    const { stream, given } = zeros(1_000_000);
    expect(await read(stream, { 'Content-Length': `${MOST + 1}` })).toBe('payload_too_large');
    expect(given()).toBe(0);
  });
});
