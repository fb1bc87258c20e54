/** What an owner is told who is to forget a customer. */
import type { Identifier } from '../domain/event.ts';
import type { Env } from '../env.ts';
import type { ErasedId } from './erasure-store.ts';

export interface Forgetting {
  env: Env;
  shop: string;
  /** The erasure's id: the same again is the same operation. */
  op: string;
  /** By the shop's clock. */
  erasedMs: number;
  ids: ErasedId[];
  names: Identifier[];
}

/** false: it cannot be done yet. Throws where somebody could not be reached. */
export type Forget = (about: Forgetting) => Promise<boolean>;
