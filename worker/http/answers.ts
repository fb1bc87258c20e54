/** Shared words of the API's documentation: what an answer and a refusal look like. */
import type { z } from '@hono/zod-openapi';
import { Problem } from '../wire/problem.ts';

export function problem(description: string) {
  return { description, content: { 'application/problem+json': { schema: Problem } } };
}

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } };
}
