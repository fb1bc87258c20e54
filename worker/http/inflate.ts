/** Unpacks gzip without ever holding more than a little of what a bomb would become. Knows nothing of requests. */

/**
 * The platform's stream unpacks all it is given at once, however slowly it is read. Deflate makes at most 1,032 bytes of
 * one, so this much at a time keeps a bomb below 4.3 MB.
 */
const SLICE = 4 * 1024;

/** The bytes unpacked; `too_large` as soon as they are more than `most`. Throws where they are no single whole gzip member. */
export async function inflate(packed: Uint8Array, most: number): Promise<Uint8Array[] | 'too_large'> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  const out = new Drain(readable, most);
  // what a stream gave up on is told by the read beside it
  writer.closed.catch(() => {});
  for (let at = 0; at < packed.byteLength; at += SLICE) {
    await writer.write(packed.subarray(at, at + SLICE));
    if (!(await out.empty())) return 'too_large';
  }
  const closed = writer.close();
  closed.catch(() => {});
  if (!(await out.end())) return 'too_large';
  await closed;
  return out.chunks;
}

class Drain {
  readonly chunks: Uint8Array[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #most: number;
  #next: Promise<ReadableStreamReadResult<Uint8Array>>;
  #size = 0;

  constructor(readable: ReadableStream<Uint8Array>, most: number) {
    this.#reader = readable.getReader();
    this.#most = most;
    this.#next = this.#read();
  }

  /** Reads what is ready; false once that is too much. A turn of the event loop without a chunk means there is none. */
  async empty(): Promise<boolean> {
    for (;;) {
      const read = await Promise.race([this.#next, turn()]);
      if (read === null || read.done) return true;
      if (!this.#take(read.value)) return false;
    }
  }

  async end(): Promise<boolean> {
    for (;;) {
      const read = await this.#next;
      if (read.done) return true;
      if (!this.#take(read.value)) return false;
    }
  }

  #take(chunk: Uint8Array): boolean {
    this.#size += chunk.byteLength;
    this.chunks.push(chunk);
    if (this.#size <= this.#most) {
      this.#next = this.#read();
      return true;
    }
    void this.#reader.cancel().catch(() => {});
    return false;
  }

  #read(): Promise<ReadableStreamReadResult<Uint8Array>> {
    const read = this.#reader.read();
    // it is awaited later, or never where a write failed first
    read.catch(() => {});
    return read;
  }
}

function turn(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), 0));
}
