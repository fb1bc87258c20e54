/** Reads a request's body once, never more than allowed, and parses JSON by content, not by its declared type. */
import { isObject, type JsonObject } from '../domain/json.ts';
import { ProblemError } from '../wire/problem.ts';

/** The bytes of the body, unpacked; a problem where there are more than `most`, whatever Content-Length claims. */
export async function readBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > most) throw tooLarge(most);
  if (request.body === null) return new Uint8Array(0);
  const packed = request.headers.get('content-encoding')?.toLowerCase() === 'gzip';
  const body = packed ? request.body.pipeThrough(new DecompressionStream('gzip')) : request.body;
  try {
    return await readUpTo(body, most);
  } catch (error) {
    if (packed && !(error instanceof ProblemError))
      throw new ProblemError('invalid_json', { detail: 'The body is no gzip.' });
    throw error;
  }
}

async function readUpTo(body: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  return joined(chunks, size);
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

function joined(chunks: Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
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
