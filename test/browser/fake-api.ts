/**
 * Stands in for the network, and only for it: every call is recorded and answered from a table. It does not stop at an
 * abort: an answer may be on its way already, and has to be ignored by whoever gets it.
 */
import { vi } from 'vitest';

export interface ApiCall {
  /** `POST /hub/v1/session` */
  readonly line: string;
  readonly url: string;
  readonly authorization: string | null;
  /** Idempotency-Key */
  readonly key: string | null;
  readonly credentials: RequestCredentials | undefined;
  readonly body: unknown;
}

/** A value is JSON with 200; a Response is itself; a function is asked each time, and may wait. */
export type Answer = object | Response | ((call: ApiCall) => object | Response | Promise<object | Response>);
export type Answers = Record<string, Answer>;

export interface FakeApi {
  readonly calls: ApiCall[];
  lines(): string[];
  /** Later answers; what is not named stays. */
  answer(answers: Answers): void;
}

export function fakeApi(answers: Answers, page: Window & typeof globalThis = window): FakeApi {
  const calls: ApiCall[] = [];
  let table = answers;
  const fetch = async (url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const call = recorded(String(url), init);
    calls.push(call);
    const answer = table[call.line] ?? problem(404, 'not_found');
    const value = await (typeof answer === 'function' ? answer(call) : answer);
    return value instanceof Response ? value.clone() : Response.json(value);
  };
  if (page === window) vi.stubGlobal('fetch', fetch);
  else page.fetch = fetch;
  return {
    calls,
    lines: () => calls.map(({ line }) => line),
    answer: (more) => {
      table = { ...table, ...more };
    },
  };
}

function recorded(url: string, init: RequestInit): ApiCall {
  const { pathname, search, href } = new URL(url, location.href);
  return {
    line: `${init.method ?? 'GET'} ${pathname}${search}`,
    url: href,
    authorization: new Headers(init.headers).get('authorization'),
    key: new Headers(init.headers).get('idempotency-key'),
    credentials: init.credentials,
    body: typeof init.body === 'string' ? JSON.parse(init.body) : null,
  };
}

export const problem = (status: number, key: string): Response =>
  Response.json({ type: 'about:blank', key, title: key, status, requestId: 'r1' }, { status });

/** An answer that comes when the test says so. */
export function later<T extends object>(): { readonly answer: () => Promise<T>; readonly arrive: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { answer: () => promise, arrive: resolve };
}
