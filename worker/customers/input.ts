/** What a customer is told or asked, one after another. */
import type { CustomerEvent } from '../domain/event.ts';
import type { Operation } from '../domain/operations.ts';

export type Input = { kind: 'event'; event: CustomerEvent } | { kind: 'operation'; operation: Operation };
