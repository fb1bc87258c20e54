/** How new codes are made and how a voucher is named by its code. Needs a secret of the shop, so it is handed in; pure. */

export interface CodeMaker {
  /**
   * A code for an occasion: the same for the same occasion for ever, and of others not to be guessed. `length`: characters
   * after the prefix, 4.9 random bits each.
   */
  codeFor(occasion: string, about: { prefix: string; length: number }): string;
  /** `v_…`: the same for all codes that `sameCode` calls one, and says nothing of them. */
  idOf(code: string): string;
  /** A name for something that follows from an occasion, such as a redemption; 99 bits. */
  nameFor(occasion: string): string;
}

/** Of a code that is claimed before anybody gets it: 64 bits. */
export const CLAIMED_LENGTH = 13;
/**
 * Of a code that a decision makes alone and that is claimed afterwards: 79 bits, so that of a billion codes of a shop two
 * are the same with a chance of one in a million.
 */
export const ALONE_LENGTH = 16;
