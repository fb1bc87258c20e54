/** A route that takes definitions as the merchant's API does, and says what it kept or which fields break which rules. */
import { createRoute } from '@hono/zod-openapi';
import { routes } from '../../worker/http/app.ts';
import { type FieldError, ProblemError } from '../../worker/wire/problem.ts';
import { SegmentDefinition } from '../../worker/wire/segment-definition.ts';

export const app = routes();
const route = createRoute({
  method: 'put',
  path: '/definition',
  request: { body: { required: true, content: { 'application/json': { schema: SegmentDefinition } } } },
  responses: { 200: { description: 'As it is kept', content: { 'application/json': { schema: SegmentDefinition } } } },
});
app.openapi(route, (c) => c.json(c.req.valid('json') as never, 200));
app.onError((error, c) =>
  c.json(error instanceof ProblemError ? { errors: error.errors } : { bug: String(error) }, 400),
);

export async function put(text: string): Promise<{ status: number; body: { errors?: FieldError[] } }> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await app.request('/definition', { method: 'PUT', headers, body: text });
  return { status: answer.status, body: await answer.json() };
}

export async function flawsOf(definition: unknown): Promise<FieldError[]> {
  const { status, body } = await put(JSON.stringify(definition));
  return status === 200 ? [] : (body.errors ?? [{ field: '?', rule: JSON.stringify(body) }]);
}
