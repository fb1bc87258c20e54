/** An isolate's memory of small things that objects keep: read again every two seconds, and while that fails, used as they are. */
import { within } from '../time/deadline.ts';

const FRESH_MS = 2_000;
/** A read that takes longer is given up where something older is at hand. */
const READ_MS = 2_000;

interface Entry<T> {
  value: T;
  readAtMs: number;
  /** Somebody reads it anew, and others go on with what there is for a moment. */
  readingSinceMs: number | null;
}

export class Fresh<T> {
  readonly #most: number;
  readonly #entries = new Map<string, Entry<T>>();
  /** Counts what was forgotten: a read that began before does not bring the old value back. */
  #epoch = 0;

  /** `most`: how many are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  /** As it was at most two seconds ago, or a little longer while it is read. Throws where it was never read and cannot be. */
  async get(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(name);
    const now = Date.now();
    const from = { epoch: this.#epoch, readAtMs: now };
    if (known === undefined) return this.#keep(name, await read(), from);
    const isBeingRead = known.readingSinceMs !== null && now - known.readingSinceMs < READ_MS;
    if (now - known.readAtMs < FRESH_MS || isBeingRead) return known.value;
    known.readingSinceMs = now;
    try {
      const late = () => {
        throw new Error('it did not answer in time');
      };
      return this.#keep(name, await within(READ_MS, read(), late), from);
    } catch {
      known.readingSinceMs = null;
      return known.value;
    }
  }

  /** What was changed here is read anew. */
  forget(name: string): void {
    this.#epoch += 1;
    this.#entries.delete(name);
  }

  #keep(name: string, value: T, { epoch, readAtMs }: { epoch: number; readAtMs: number }): T {
    if (epoch !== this.#epoch) return value;
    this.#entries.delete(name);
    this.#entries.set(name, { value, readAtMs, readingSinceMs: null });
    if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value ?? '');
    return value;
  }
}
