/** Requests that no client sends, byte by byte over a socket: each gets its answer or its end, and the edge goes on. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { openShop } from './client.ts';

/** Sends the bytes, says that no more will come, and answers all that came back. */
async function speak(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.end(text);
  let said = '';
  socket.setEncoding('utf8').on('data', (more: string) => {
    said += more;
  });
  await Promise.race([once(socket, 'close'), once(socket, 'end')]);
  socket.destroy();
  return said;
}

function post(headers: string[], body: string): string {
  return ['POST /v1/track HTTP/1.1', 'Host: edge', ...headers, '', body].join('\r\n');
}

it('a body without a length is read; one that lies about its length is refused or cut off', async () => {
  const { url, keys, admin } = await openShop();
  const key = `Authorization: Basic ${Buffer.from(`${keys.write}:`).toString('base64')}`;
  const body = (userId: string) => JSON.stringify({ userId, event: 'X' });
  const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
  const statusOf = async (headers: string[], text: string) =>
    /^HTTP\/1\.1 (\d+)/.exec(await speak(url, post([key, ...headers], text)))?.[1] ?? 'closed';
  const whole = body('whole');
  expect(await statusOf([`Content-Length: ${whole.length}`], whole)).toBe('200');
  expect(await statusOf(['Transfer-Encoding: chunked'], chunked(body('chunked')))).toBe('200');
  const lies: [string[], string][] = [
    [['Content-Length: 500'], body('short')],
    [['Content-Length: 5'], body('long')],
    [['Transfer-Encoding: chunked'], `ffffff\r\n${body('cut')}`],
    [['Transfer-Encoding: chunked'], `zz\r\n${body('nohex')}`],
  ];
  for (const [headers, text] of lies) expect(await statusOf(headers, text), `${headers}`).toMatch(/^(400|closed)$/);
  // what is no length at all is answered by the runtime, before the worker
  for (const length of ['-1', '1e3', '99999999999999999999'])
    expect(await statusOf([`Content-Length: ${length}`], body(length)), length).toMatch(/^([45]\d\d|closed)$/);
  const found = async (userId: string) => (await admin('GET', `/admin/v1/customers/user:${userId}`)).status;
  expect(await Promise.all(['whole', 'chunked'].map(found))).toEqual([200, 200]);
  expect(await Promise.all(['short', 'long', 'cut', 'nohex', '-1'].map(found))).toEqual(Array(5).fill(404));
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
