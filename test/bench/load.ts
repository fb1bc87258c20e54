/** Load over plain sockets: a client that costs little beside the server it measures on the same two cores. */
import { connect, type Socket } from 'node:net';

export interface Load {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  /** The body of request `index`; '' for none. */
  body: (index: number) => string;
  requests: number;
  connections: number;
  /** Requests a second; 0: as fast as answers come. */
  pace: number;
}

export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  /** Answers other than 2xx. */
  failed: number;
  /** Connections that the server closed before it answered. */
  lost: number;
}

export async function runLoad(load: Load): Promise<Measured> {
  const waits: number[] = [];
  let failed = 0;
  let lost = 0;
  let next = 0;
  const startedAt = performance.now();
  const lane = async () => {
    let wire = await openWire(load.url);
    while (next < load.requests) {
      const index = next;
      next += 1;
      const dueAt = load.pace > 0 ? startedAt + (index * 1000) / load.pace : performance.now();
      if (dueAt > performance.now()) await new Promise((resolve) => setTimeout(resolve, dueAt - performance.now()));
      // a paced request that had to wait for a lane was already late: its wait counts
      const from = load.pace > 0 ? dueAt : performance.now();
      let { status } = await wire.ask(requestText(load, load.body(index)));
      // a connection that was closed: asked again on another, as any client would, and its wait counts
      if (status === 0) {
        lost += 1;
        wire = await openWire(load.url);
        ({ status } = await wire.ask(requestText(load, load.body(index))));
      }
      waits.push(performance.now() - from);
      if (status < 200 || status > 299) failed += 1;
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: load.connections }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  waits.sort((a, b) => a - b);
  return { perSecond: load.requests / seconds, p50: at(waits, 0.5), p99: at(waits, 0.99), failed, lost };
}

export function at(sorted: number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** A request as it crosses the wire. */
export function requestText(to: Pick<Load, 'url' | 'method' | 'headers'>, body: string): string {
  const { pathname, search, host } = new URL(to.url);
  const headers = { Host: host, 'Content-Length': String(Buffer.byteLength(body)), ...to.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${to.method} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

export interface Answered {
  /** 0: the connection was lost. */
  status: number;
  /** The whole answer, head and body, a character a byte. */
  text: string;
}

export interface Wire {
  ask: (text: string) => Promise<Answered>;
  close: () => void;
}

export function openWire(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once('connect', () => resolve(wireOver(socket)));
  });
}

/** One request at a time; answers are read to their end by Content-Length or by chunks. */
function wireOver(socket: Socket): Wire {
  let buffer = '';
  let waiting: ((answer: Answered) => void) | null = null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    buffer += chunk;
    const length = answerLength(buffer);
    if (length === null || buffer.length < length) return;
    const text = buffer.slice(0, length);
    buffer = buffer.slice(length);
    waiting?.({ status: Number(text.slice(9, 12)), text });
  });
  const gone = { status: 0, text: '' };
  socket.on('error', () => socket.destroy());
  socket.on('close', () => waiting?.(gone));
  return {
    ask: (text) =>
      new Promise((resolve) => {
        waiting = resolve;
        if (socket.destroyed) resolve(gone);
        else socket.write(text);
      }),
    close: () => socket.destroy(),
  };
}

function answerLength(buffer: string): number | null {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = buffer.slice(0, end).toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return end + 4 + Number(length);
  const last = buffer.indexOf('\r\n0\r\n\r\n', end);
  return last < 0 ? null : last + 7;
}
