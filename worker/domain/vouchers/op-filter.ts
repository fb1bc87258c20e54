/** Remembers which operations were seen, in little room: what it does not know was never seen; of what it knows one in a hundred was not. */

const BITS_EACH = 10;
const LEAST_BITS = 1_024;
const MOST_BITS = 8 * 1_024 * 1_024;
const PLACES = 5;

export class OpFilter {
  readonly #bytes: Uint8Array;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** For about so many; more are kept as well, with more mistakes. */
  static for(count: number): OpFilter {
    let bits = LEAST_BITS;
    while (bits < Math.min(MOST_BITS, count * BITS_EACH)) bits *= 2;
    return new OpFilter(new Uint8Array(bits / 8));
  }

  /** As `bytes` told it. */
  static from(bytes: Uint8Array): OpFilter {
    return new OpFilter(bytes.slice());
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  add(op: string): void {
    for (const bit of this.#places(op)) this.#bytes[bit >> 3] = (this.#bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** false: it was never added. */
  mayHold(op: string): boolean {
    return this.#places(op).every((bit) => ((this.#bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0);
  }

  #places(op: string): number[] {
    const bits = this.#bytes.length * 8;
    const first = hashOf(op, 0x811c9dc5);
    const step = hashOf(op, 0x9e3779b9) | 1;
    return Array.from({ length: PLACES }, (_, at) => (first + Math.imul(step, at)) >>> 0).map((hash) => hash % bits);
  }
}

/** FNV-1a with its bits stirred at the end; the same in every isolate, for ever. */
export function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
