/** When a whole balance runs out because nothing happened, and the notices before points run out. */

export type InactivityProgramme = Record<string, never>;
