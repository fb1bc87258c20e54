/** `customers/merge`: which of Shopify's customers went into which. Only reads the payload; merging is the Directory's. */
import { type JsonObject, textOf } from '../../domain/json.ts';

export interface ShopifyMerge {
  /** Shopify's customer ids as text: they pass 2^53. */
  keptId: string;
  deletedId: string;
  /** `completed`, `failed`, `in_progress`, `requested`: only a completed one merged anything. */
  status: string;
}

/** null where the payload does not name two different customers. */
export function mergeOf(payload: JsonObject): ShopifyMerge | null {
  const keptId = customerIn(payload, 'admin_graphql_api_customer_kept_id');
  const deletedId = customerIn(payload, 'admin_graphql_api_customer_deleted_id');
  if (keptId === null || deletedId === null || keptId === deletedId) return null;
  return { keptId, deletedId, status: textOf(payload, 'status')?.toLowerCase() ?? '' };
}

function customerIn(payload: JsonObject, field: string): string | null {
  return /^gid:\/\/shopify\/Customer\/([1-9]\d{0,19})$/.exec(textOf(payload, field) ?? '')?.[1] ?? null;
}
