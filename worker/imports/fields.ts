/** What is read of a line before anybody knows what it is for: values by their names, and the rule that one breaks. */
import type { Json } from '../domain/json.ts';

/** Values by the names of `columns.ts`; what is empty is left out. */
export type Fields = ReadonlyMap<string, Json>;

export interface Flaw {
  /** The column or field, or what of the line it is. */
  field: string;
  /** Never holds the value. */
  rule: string;
}
