/** Who takes part: everybody, or whoever joins; and who never does. */

export type MemberProgramme = Record<string, never>;
