/** Opens the demo: its two shops in the edge and the storefront next to it. */
import { once } from 'node:events';
import { join } from 'node:path';
import { OrderBook } from './order-book.ts';
import { type DemoShop, type Edge, loadDemoShops, sourceOf } from './seed.ts';
import { createStorefront } from './storefront.ts';

export type DemoOptions = Edge & { port: number; state: string };
export type Demo = {
  address: string;
  live: DemoShop;
  test: DemoShop;
  file: string;
  close: () => void;
};

export async function openDemo({ port, state, ...edge }: DemoOptions): Promise<Demo> {
  const address = `http://localhost:${port}`;
  const file = join(state, 'demo.json');
  const shops = await loadDemoShops(file, edge, address);
  const server = createStorefront({
    id: shops.live.id,
    orders: new OrderBook(join(state, 'demo-orders.json')),
    source: sourceOf(edge, shops),
    identity: shops.identity,
    till: { edge, shop: shops.live.id, keys: shops.live.keys },
    hub: { origin: edge.origin, key: shops.live.keys.publishable },
  });
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address, live: shops.live, test: shops.test, file, close };
}
