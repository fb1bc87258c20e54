/** Reads a request's body once, never more than allowed, and parses JSON by content, not by its declared type. */
import { isObject, type JsonObject } from '../domain/json.ts';
import { ProblemError } from '../wire/problem.ts';
import { inflate } from './inflate.ts';

/** The bytes of the body, unpacked; a problem where there are more than `most`, whatever Content-Length claims. */
export async function readBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const packed = isPacked(request);
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > most) throw tooLarge(most);
  if (request.body === null) return new Uint8Array(0);
  const bytes = await readUpTo(request.body, most);
  // a proxy may have unpacked it and left the header standing
  return packed && isGzip(bytes) ? unpacked(bytes, most) : bytes;
}

export function parseObject(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new ProblemError('invalid_json');
  }
  if (!isObject(value)) {
    throw new ProblemError('invalid_request', {
      errors: [{ field: '', rule: 'must be a JSON object' }],
    });
  }
  return value;
}

function isPacked(request: Request): boolean {
  const encoding = (request.headers.get('content-encoding') ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new ProblemError('invalid_request', {
    errors: [{ field: 'Content-Encoding', rule: 'must be gzip or absent' }],
  });
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function unpacked(bytes: Uint8Array, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await inflate(bytes, most).catch(() => {
    throw new ProblemError('invalid_json', { detail: 'The body is not one whole gzip member.' });
  });
  if (chunks === 'too_large') throw tooLarge(most);
  return joined(chunks);
}

async function readUpTo(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > most) break;
      chunks.push(chunk);
    }
  } catch {
    // shorter than its Content-Length, or the sender has gone
    throw new ProblemError('invalid_json', { detail: 'The body ended early.' });
  }
  if (size > most) throw tooLarge(most);
  return joined(chunks);
}

function joined(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function tooLarge(most: number): ProblemError {
  return new ProblemError('payload_too_large', {
    detail: `At most ${most} bytes.`,
  });
}
