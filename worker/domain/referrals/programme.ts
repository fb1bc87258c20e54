/** What bringing a friend brings, and what keeps it honest. */

export type ReferralProgramme = Record<string, never>;
