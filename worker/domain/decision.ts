/** What a decision answers. */
import type { Changes } from './customer.ts';
import type { Refusal } from './refusal.ts';

export interface Decision {
  changes: Changes;
  refusal: Refusal | null;
}
