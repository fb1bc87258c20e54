/** Bindings come from wrangler.toml (`npm run types` writes them); secrets are named here, once. */
import type { Customers } from './customers/customers.ts';
import type { Debugger } from './debugger/debugger.ts';
import type { Directory } from './directory/directory.ts';
import type { Shop } from './shops/shop.ts';

export interface Env {
  DB: D1Database;
  ASSETS: Fetcher;
  CUSTOMERS: DurableObjectNamespace<Customers>;
  DIRECTORY: DurableObjectNamespace<Directory>;
  SHOP: DurableObjectNamespace<Shop>;
  DEBUGGER: DurableObjectNamespace<Debugger>;
  /** Creates shops. At least 24 characters. */
  OPERATOR_TOKEN: string;
  /** 32 random bytes as base64url: every derived key (sealing, sessions, key checks) comes from it. */
  ROOT_SECRET: string;
}
