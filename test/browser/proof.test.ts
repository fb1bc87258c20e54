import { expect, test, vi } from 'vitest';
import { signedIn, signedOut } from './fixtures.ts';
import { openHub, setUp } from './harness.ts';

const SESSION = 'POST /hub/v1/session';
const byUrl = { fetchToken: null, tokenUrl: '/my/jwt' };

test.each([
  ['JSON', () => Response.json({ token: 'a.b.c' })],
  ['text', () => new Response(' a.b.c\n')],
])('takes a token as %s from the token address, with the cookies of the page only', async (_, answer) => {
  const hub = await openHub({ embed: byUrl, answers: { 'GET /my/jwt': answer } });
  expect(hub.api.calls).toMatchObject([
    { line: 'GET /my/jwt', credentials: 'same-origin' },
    { line: SESSION, credentials: 'omit', body: { proof: { kind: 'merchant_jwt', token: 'a.b.c' } } },
  ]);
});

test.each([
  ['401', () => new Response('', { status: 401 })],
  ['204', () => new Response(null, { status: 204 })],
  ['404', () => new Response('', { status: 404 })],
  ['no token', () => Response.json({ token: null })],
  ['a sign-in page', () => new Response('<!doctype html><title>Sign in</title>')],
])('takes %s from the token address for a guest', async (_, answer) => {
  const hub = await openHub({ embed: byUrl, answers: { 'GET /my/jwt': answer, [SESSION]: signedOut } });
  expect(hub.api.calls[1]?.body).toEqual({ key: 'pk_test', proof: null });
});

test('treats a token address that fails as a failure, not as a guest', async () => {
  const hub = await setUp({ embed: byUrl, answers: { 'GET /my/jwt': () => new Response('', { status: 500 }) } });
  await hub.open();
  await vi.waitFor(() => expect(hub.text()).toContain('Something did not load'));
  expect(hub.api.lines()).toEqual(['GET /my/jwt']);
});

test('gets the whole view from the shop platform where it has a proxy', async () => {
  const hub = await openHub({
    embed: { fetchToken: null, proxyUrl: '/apps/hub' },
    answers: { 'GET /apps/hub/session': signedIn(), 'GET /hub/v1/me': signedIn() },
  });
  expect(hub.api.calls).toMatchObject([{ line: 'GET /apps/hub/session', credentials: 'same-origin' }]);
  expect(hub.text()).toContain('Hello, Ada');
});
