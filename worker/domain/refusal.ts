/** Why an operation was refused, with the facts. Journalled under the operation's key, so that every retry gets the same answer. */

export type Refusal =
  | { reason: 'insufficient_points'; balance: number; asked: number }
  | { reason: 'balance_limit'; balance: number; asked: number };
