/** Gives codes of a campaign to a customer: decides which, once for each publication. The caller brings them there. */
import type { CodePlan } from '../domain/vouchers/codes.ts';
import type { Refused } from '../domain/vouchers/refused.ts';
import type { CodeMint } from '../offers/code-mint.ts';
import type { Database } from '../storage/database.ts';
import type { Pool } from './pool.ts';
import type { Publication, PublishAnswer, PublishCall, PublishRefusal } from './publication.ts';
import type { Publications } from './publications.ts';
import { type CampaignRecord, isRunning } from './record.ts';

export const MOST_CODES = 50;

/** What it takes to make codes for one customer alone. */
export interface Minting {
  mint: CodeMint;
  plan: CodePlan;
}

export class Publishing {
  readonly #db: Database;
  readonly #pool: Pool;
  readonly #publications: Publications;

  constructor(db: Database, pool: Pool, publications: Publications) {
    this.#db = db;
    this.#pool = pool;
    this.#publications = publications;
  }

  /** Begins a publication, or finds the one that it repeats. */
  begin(record: CampaignRecord, call: PublishCall, about: { minting: Minting | null; wallMs: number }): PublishAnswer {
    const refusal = refusalOf(record, call);
    const known = this.#known(record, call);
    if (known !== null) return known;
    if (refusal !== null) return { refusal };
    const { campaign } = record;
    return this.#db.transaction((): PublishAnswer => {
      const { codes, minted } = this.#codesFor(record, call, about.minting);
      if (codes.length < call.count) {
        for (const code of codes) this.#pool.putBack(code);
        return { refusal: 'no_voucher_suitable_for_publication', room: codes.length };
      }
      const { formerly, count, joinOnce, code, ...told } = call;
      const given = { campaign: campaign.id, codes, minted, named: code !== null };
      const publication: Publication = { ...told, ...given, state: 'open', failure: null };
      this.#publications.begin(publication, joins(record, call), about.wallMs);
      return { refusal: null, publication, again: false };
    });
  }

  /** One of its codes is not free: another one instead, or none where there is no other. */
  replace(record: CampaignRecord, id: string, { code, why }: Unfit, minting: Minting | null): Publication | null {
    return this.#changing(id, code, (publication) => {
      const next = this.#another(record, publication, code, minting);
      return next === null ? withoutCode(publication, code, why) : withCode(publication, code, next);
    });
  }

  /** The customer cannot have one of its codes, which is free again. */
  drop(id: string, { code, why }: Unfit): Publication | null {
    return this.#changing(id, code, (publication) => {
      if (publication.minted[code] === undefined && !publication.named) this.#pool.putBack(code);
      return withoutCode(publication, code, why);
    });
  }

  /** The customer has them. */
  finish(id: string): Publication | null {
    const publication = this.#publications.one(id);
    if (publication === null || publication.state !== 'open') return publication;
    const done = { ...publication, state: 'done' as const };
    this.#db.transaction(() => this.#publications.finish(done));
    return done;
  }

  #changing(id: string, code: string, change: (publication: Publication) => Publication): Publication | null {
    const publication = this.#publications.one(id);
    if (publication === null || publication.state !== 'open' || !publication.codes.includes(code)) return publication;
    return this.#db.transaction(() => {
      const changed = change(publication);
      if (changed.state === 'open') this.#publications.write(changed);
      else this.#publications.finish(changed);
      return changed;
    });
  }

  /** The publication that this call repeats: by its id, by its source, or because the person has joined. */
  #known(record: CampaignRecord, call: PublishCall): PublishAnswer | null {
    const own = this.#publications.one(call.id);
    if (own !== null) return again(own, own.fingerprint === call.fingerprint ? null : 'mismatch');
    const bySource = call.sourceId === null ? null : this.#publications.ofSource(call.sourceId);
    if (bySource !== null) {
      const isSame = [call.customer, ...call.formerly].includes(bySource.customer);
      return again(bySource, isSame ? null : 'duplicate_source_id');
    }
    if (!joins(record, call)) return null;
    const joined = this.#publications.ofCustomer([call.customer, ...call.formerly]);
    return joined === null ? null : again(joined, null);
  }

  /** Of the pool first; what it lacks is made, where the campaign grows by itself. */
  #codesFor({ campaign, code }: CampaignRecord, call: PublishCall, minting: Minting | null) {
    const minted: Record<string, string> = {};
    const one = call.code ?? code;
    if (one !== null) return { codes: [one], minted };
    const codes: string[] = [];
    for (let place = 0; place < call.count; place += 1) {
      const taken = this.#pool.take();
      const made =
        taken !== null || campaign.kind !== 'auto_update' ? null : mintedCode(`${call.id} ${place}`, minting);
      if (made !== null) minted[made.code] = made.occasion;
      const next = taken ?? made?.code;
      if (next === undefined) break;
      codes.push(next);
    }
    return { codes, minted };
  }

  #another(
    { campaign }: CampaignRecord,
    { minted, named }: Publication,
    code: string,
    minting: Minting | null,
  ): Next | null {
    if (named) return null;
    const occasion = minted[code];
    const taken = occasion === undefined ? this.#pool.take() : null;
    if (taken !== null) return { code: taken, occasion: null };
    return campaign.kind === 'auto_update' ? mintedCode(`${occasion ?? code} again`, minting) : null;
  }
}

export interface Unfit {
  code: string;
  why: Refused;
}

interface Next {
  code: string;
  /** null: it is of the pool. */
  occasion: string | null;
}

/** Follows from the occasion, so that whoever goes on with a publication makes the same. */
function mintedCode(occasion: string, minting: Minting | null): { code: string; occasion: string } | null {
  return minting === null ? null : { code: minting.mint.make(minting.plan, occasion), occasion };
}

function withCode(publication: Publication, code: string, next: Next): Publication {
  const codes = publication.codes.map((one) => (one === code ? next.code : one));
  const { [code]: _, ...rest } = publication.minted;
  return { ...publication, codes, minted: next.occasion === null ? rest : { ...rest, [next.code]: next.occasion } };
}

/** Without any left it has come to nothing. */
function withoutCode(publication: Publication, code: string, why: Refused): Publication {
  const codes = publication.codes.filter((one) => one !== code);
  return { ...publication, codes, failure: why, state: codes.length === 0 ? 'voided' : 'open' };
}

function joins({ campaign }: CampaignRecord, { joinOnce }: PublishCall): boolean {
  return campaign.kind !== 'standalone' && (campaign.joinOnce || joinOnce);
}

function again(publication: Publication, refusal: PublishRefusal | null): PublishAnswer {
  if (refusal !== null) return { refusal };
  if (publication.state === 'voided') return { refusal: 'voided', why: publication.failure };
  return { refusal: null, publication, again: true };
}

/** A disabled campaign gives codes to whoever asks over the API; what asks by itself stops. */
function refusalOf(record: CampaignRecord, call: PublishCall): PublishRefusal | null {
  if (record.deletedAtMs !== null || record.archivedAtMs !== null) return 'not_found';
  if (record.making !== 'done') return 'not_ready';
  if (call.distribution !== null && !isRunning(record)) return 'campaign_not_active';
  const isOne = joins(record, call) || record.code !== null || call.code !== null;
  if (call.count > MOST_CODES || (call.count > 1 && isOne)) return 'too_many_vouchers_requested';
  return null;
}
