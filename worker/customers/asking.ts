/** What asking an errand looks like, whoever it is put to. */
import type { OpenErrand } from '../domain/errand.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Env } from '../env.ts';

export interface AskingShop {
  id: string;
  /** Of the settings that whoever asks has seen. */
  version: number;
}

export type Ask = (env: Env, shop: AskingShop, errand: OpenErrand) => Promise<JsonObject>;
