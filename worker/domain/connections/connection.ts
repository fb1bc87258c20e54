/** A connection to an outside system as the shop keeps it: where to, what of, and whether it sends. Pure data, and which may be kept. */

/** Why nothing is sent: the merchant said so, the other side said that it is gone, or it failed for days. */
export type PausedFor = 'merchant' | 'gone' | 'failing';

export interface Connection {
  /** `con_…` */
  id: string;
  kind: 'webhook';
  url: string;
  description: string;
  /** Names of events; one that ends with `*` stands for all that begin so. */
  events: string[];
  maxPerSecond: number;
  /** null: it sends. Paused it goes on taking what happens, and sends it once it is resumed. */
  pausedFor: PausedFor | null;
  /** By the shop's clock: what is recorded from here on is told. */
  activeFromMs: number;
  createdAtMs: number;
  updatedAtMs: number;
}

export type ConnectionChange =
  | { kind: 'add'; connection: Connection }
  | { kind: 'change'; id: string; change: Partial<Omit<Connection, 'id' | 'kind' | 'activeFromMs' | 'createdAtMs'>> }
  | { kind: 'drop'; id: string };
export type ConnectionRefusal = 'full' | 'unknown';

/** Every isolate reads all of them with the shop. */
export const MOST_CONNECTIONS = 20;

/** The connections after the change. One that is added again under its id stays as it is. */
export function withConnection(all: readonly Connection[], change: ConnectionChange): Connection[] | ConnectionRefusal {
  const id = change.kind === 'add' ? change.connection.id : change.id;
  const isKnown = all.some((one) => one.id === id);
  if (change.kind === 'add') {
    if (isKnown) return [...all];
    return all.length >= MOST_CONNECTIONS ? 'full' : [...all, change.connection];
  }
  if (!isKnown) return 'unknown';
  if (change.kind === 'drop') return all.filter((one) => one.id !== id);
  return all.map((one) => (one.id === id ? { ...one, ...change.change } : one));
}

/** Whether an event of that name is asked for. */
export function wants({ events }: Pick<Connection, 'events'>, type: string): boolean {
  return events.some((one) => (one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : one === type));
}
