/** Who takes part: everybody, who has an account, or who joins; and who never does. */

export interface MemberProgramme {
  /** Who is a member without being asked: everybody whom the shop can name, who has an account with it, or nobody. */
  enrolment: 'automatic' | 'account' | 'join';
  /** Whether who is no member yet earns a balance that waits for them. */
  guestsEarn: boolean;
  /** Whoever has one of these tags (trait `tags`), or is in one of these segments, takes no part. */
  exclude: { tags: string[]; segments: string[] };
}
