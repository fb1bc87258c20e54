/** What a connection does where an event cannot be read, and where it cannot even write that down. */
import { expect, test } from 'vitest';
import { DeliveryStore } from '../../worker/connection/delivery-store.ts';
import { Pump } from '../../worker/connection/pump.ts';
import type { Connection } from '../../worker/domain/connections/connection.ts';
import { SqliteStorage } from '../storage/sqlite-storage.ts';

const CONNECTION: Connection = {
  id: 'con_1',
  kind: 'webhook',
  url: 'https://example.test/',
  description: '',
  events: ['*'],
  maxPerSecond: 1_000,
  pausedFor: null,
  activeFromMs: 0,
  createdAtMs: 0,
  updatedAtMs: 0,
};

/** A pump whose events cannot be read, with one waiting; what it reported until it rested. */
async function playUnreadable(store: DeliveryStore): Promise<{ turns: number; done: boolean; reports: string[] }> {
  const reports: string[] = [];
  let turns = 0;
  return new Promise((resolve) => {
    const pump = new Pump({
      store: () => store,
      connection: async () => CONNECTION,
      prepare: async () => {
        turns += 1;
        if (turns === 1) throw new Error('not now');
        // it spins: enough is seen
        resolve({ turns, done: false, reports });
        return new Promise<never>(() => {});
      },
      pause: async () => {},
      rested: (done) => {
        if (!pump.isActive) resolve({ turns, done, reports });
      },
      report: (msg) => reports.push(msg),
    });
    pump.touch();
  });
}

function withOneWaiting(): DeliveryStore {
  const store = new DeliveryStore(new SqliteStorage() as unknown as DurableObjectStorage);
  store.add([{ customer: 'c', seq: 1, effect: 0, type: 'Looked' }], Date.now());
  return store;
}

test('an event that cannot be read has its turn later, at a whole millisecond, and nothing spins', async () => {
  const store = withOneWaiting();
  const before = Date.now();
  expect(await playUnreadable(store)).toMatchObject({ turns: 1, done: true });
  const [waiting] = store.lane('c', 1);
  expect(waiting?.nextMs).toBeGreaterThan(before + 500);
});

test('where that cannot be written down, it is left to the alarm, which goes by failures', async () => {
  const store = withOneWaiting();
  store.putOff = () => {
    throw new Error('disk full');
  };
  expect(await playUnreadable(store)).toEqual({
    turns: 1,
    done: false,
    reports: ['what came of an event could not be written down'],
  });
});
