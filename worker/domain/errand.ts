/**
 * What a customer has to ask of another object. It is stored with the decision that needs it and stays until it is answered
 * for good: a time-out means unknown, so it is asked again under the same operation id, and the other side gives the same
 * answer for ever. The answer comes back as an operation of its own.
 */
import type { JsonObject } from './json.ts';

export interface Errand {
  /** Unique in the shop, and the same when the same decision is made again. */
  op: string;
  kind: string;
  body: JsonObject;
  /** Asked no sooner than so long after it was written, or when somebody hastens it; absent: at once. */
  waitsMs?: number;
}

/** One that is not answered yet. */
export interface OpenErrand extends Errand {
  customer: string;
  /** How often asking failed. */
  attempts: number;
}

export interface Answered {
  errand: Errand;
  answer: JsonObject;
}
