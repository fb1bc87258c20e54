/** Cursors: opaque to clients, JSON inside, checked against their schema when they come back. */
import type { z } from '@hono/zod-openapi';
import { ProblemError } from './problem.ts';

export function toCursor(place: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The place a cursor stands for; null where none was given; `invalid_cursor` where this list did not make it. */
export function fromCursor<T extends z.ZodType>(cursor: string | undefined, schema: T): z.infer<T> | null {
  if (cursor === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw new ProblemError('invalid_cursor');
  }
}
