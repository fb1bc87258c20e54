/** A peer between a client and the edge: passes requests on byte by byte, and spoils the ones it was told to spoil. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `busy`: 429 with Retry-After; `broken`: 500; `lost`: stored, and the answer never comes back. */
export type Fault = 'busy' | 'broken' | 'lost';

export interface Passed {
  path: string;
  headers: IncomingMessage['headers'];
  /** What the client was answered; 0 where it was not. */
  status: number;
}

export interface FaultyWay {
  url: string;
  /** What was posted, in the order of the answers. */
  posts: Passed[];
  close: () => void;
}

/** Spoils the first posts, one fault each, and passes on the rest; preflights and reads always pass. */
export async function faultyWay(target: string, faults: Fault[] = []): Promise<FaultyWay> {
  const left = [...faults];
  const posts: Passed[] = [];
  const server = createServer(async (asked, answer) => {
    const fault = asked.method === 'POST' ? left.shift() : undefined;
    const status = await spoilOrPass(target, asked, answer, fault);
    if (asked.method === 'POST') posts.push({ path: String(asked.url), headers: asked.headers, status });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, posts, close };
}

async function spoilOrPass(
  target: string,
  asked: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
): Promise<number> {
  const body = await bytesOf(asked);
  if (fault === 'busy') return say(answer, 429, { ...readable(asked), 'retry-after': '1' });
  if (fault === 'broken') return say(answer, 500, readable(asked));
  const { status, headers, text } = await passOn(target, asked, body);
  if (fault !== 'lost') return say(answer, status, headers, text);
  answer.destroy();
  return 0;
}

/** The edge's own refusals can be read by pages, so these can as well. */
function readable(asked: IncomingMessage): OutgoingHttpHeaders {
  return { 'access-control-allow-origin': asked.headers.origin ?? '*', 'access-control-expose-headers': 'Retry-After' };
}

function say(answer: ServerResponse, status: number, headers: OutgoingHttpHeaders, text: Buffer = Buffer.of()): number {
  answer.writeHead(status, headers).end(text);
  return status;
}

async function passOn(target: string, asked: IncomingMessage, body: Buffer) {
  const { method, headers, url } = asked;
  const passing = request(target + url, { method, headers }).end(body);
  const [answered]: IncomingMessage[] = await once(passing, 'response');
  if (answered === undefined) throw new Error('a response without a message');
  const { 'transfer-encoding': _, ...rest } = answered.headers;
  return { status: answered.statusCode ?? 0, headers: rest, text: await bytesOf(answered) };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
