/** What a birthday brings. */

export type BirthdayProgramme = Record<string, never>;
