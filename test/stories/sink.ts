/** An address of the merchant's own, on this machine: takes webhooks, answers as it is told to, and can be down. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { Answer } from './client.ts';

export interface Received {
  id: string;
  headers: Record<string, string>;
  text: string;
  body: Answer['body'];
}

export class Sink {
  readonly received: Received[] = [];
  /** Those that were answered 2xx. */
  readonly taken: Received[] = [];
  answer: (received: Received) => number = () => 200;
  #server: Server | null = null;
  #port = 0;

  static async open(): Promise<Sink> {
    const sink = new Sink();
    await sink.up();
    return sink;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/in`;
  }

  /** The ids in the order in which they came first. */
  get ids(): string[] {
    return [...new Set(this.received.map(({ id }) => id))];
  }

  /** Listens again, where it listened before. */
  async up(): Promise<void> {
    const server = createServer((request, response) => void this.#take(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    this.#server = server;
  }

  /** Refuses every connection. */
  async down(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(null));
    this.#server = null;
  }

  /** Whether all that came carries a signature of this secret, and none is of other bytes than it was before. */
  verify(secret: string): void {
    for (const { text, headers } of this.received) new Webhook(secret).verify(text, headers);
    const texts = new Map<string, string>();
    for (const { id, text } of this.received) {
      if ((texts.get(id) ?? text) !== text) throw new Error(`${id} says something else than before`);
      texts.set(id, text);
    }
  }

  /** The events of each customer that were taken, in order; one that came again is named once. */
  takenBy(): Record<string, string[]> {
    const names: Record<string, string[]> = {};
    const seen = new Set<string>();
    for (const { id, body } of this.taken) {
      if (seen.has(id)) continue;
      seen.add(id);
      const of = body.customer.userId;
      names[of] = [...(names[of] ?? []), body.type];
    }
    return names;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const received = { id: headers['webhook-id'] ?? '', headers, text, body: JSON.parse(text) };
    this.received.push(received);
    const status = this.answer(received);
    if (status < 300) this.taken.push(received);
    response.writeHead(status).end();
  }
}
