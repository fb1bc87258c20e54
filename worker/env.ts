/** Bindings come from wrangler.toml (`npm run types` writes them); secrets are named here, once. */

declare global {
  namespace Cloudflare {
    interface Env {
      /** Creates shops. At least 24 characters. */
      OPERATOR_TOKEN: string;
      /** 32 random bytes as base64url: every derived key (sealing, sessions, key checks) comes from it. */
      ROOT_SECRET: string;
      /** From how many calls a second on a budget lies in several objects; absent: 100. */
      BUDGET_HOT_PER_SECOND?: string;
    }
  }
}

export type Env = Cloudflare.Env;
