/** What becomes of rewards by what happens elsewhere: orders that name their codes, and answers of other objects. */
import type { Part } from '../loyalty/part.ts';
import { afterOrder } from './after-order.ts';
import { errandAnswered } from './answered.ts';

export const rewardsPart: Part = { after: afterOrder, answered: errandAnswered };
