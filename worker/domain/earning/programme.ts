/** What earns points besides the base rate of orders: rules, limits, bonus campaigns, waiting periods. */

export type EarningProgramme = Record<string, never>;
