/** Tells copies of a campaign and of its publications, a moment after they changed; an alarm sees to it after a crash. */
import { codeKey } from '../domain/vouchers/codes.ts';
import type { CampaignCopy, PublicationCopy, VoucherCopies, VoucherCopy } from '../projection/voucher-rows.ts';
import { tellCopies } from '../projection/vouchers.ts';
import { retryAfterMs } from '../time/retry.ts';
import type { Definitions } from './definitions.ts';
import type { Publication } from './publication.ts';
import type { Publications } from './publications.ts';
import type { CampaignRecord } from './record.ts';

const GATHER_MS = 20;
const SAFETY_MS = 5_000;
const MOST_AT_ONCE = 200;

export interface TellerOf {
  shop: string;
  definitions: Definitions;
  publications: Publications;
  /** What a voucher is called, by its code. */
  idOf: (code: string) => string;
}

export class Teller {
  readonly #db: D1Database;
  readonly #of: TellerOf;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #flight: Promise<boolean> | null = null;
  #failures = 0;

  constructor(db: D1Database, of: TellerOf) {
    this.#db = db;
    this.#of = of;
  }

  /** When to look, whatever became of the timer; null: copies know everything. */
  dueMs(): number | null {
    return this.#isBehind() ? Date.now() + SAFETY_MS : null;
  }

  touch(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        void this.flush();
      },
      this.#failures > 0 ? retryAfterMs(this.#failures) : GATHER_MS,
    );
  }

  /** Resolves once everything that has happened by now is told; false where D1 failed. */
  flush(): Promise<boolean> {
    this.#flight ??= this.#tell().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  /** What copies should hold of it: itself, and its publications that have ended after one; `next` null: that was all. */
  copies(after: string): { copies: VoucherCopies; next: string | null } {
    const record = this.#of.definitions.current();
    if (record === null) return { copies: {}, next: null };
    const page = this.#of.publications.page(after, MOST_AT_ONCE);
    const ended = page.filter(({ state }) => state !== 'open').map(publicationCopy);
    const next = page.length < MOST_AT_ONCE ? null : (page.at(-1)?.id ?? null);
    return { copies: { campaigns: [campaignCopy(record)], publications: ended }, next };
  }

  #isBehind(): boolean {
    const { definitions, publications } = this.#of;
    return (definitions.current()?.campaign.version ?? 0) > definitions.told() || publications.untold(1).length > 0;
  }

  async #tell(): Promise<boolean> {
    const { definitions, publications, shop, idOf } = this.#of;
    try {
      while (this.#isBehind()) {
        const record = definitions.current();
        const isNew = record !== null && record.campaign.version > definitions.told();
        const some = publications.untold(MOST_AT_ONCE);
        await tellCopies(this.#db, shop, {
          campaigns: isNew ? [campaignCopy(record)] : [],
          vouchers: isNew ? onlyCode(record, idOf) : [],
          publications: some.map(publicationCopy),
        });
        if (isNew) definitions.setTold(record.campaign.version);
        if (some.length > 0) publications.told(some.map(({ id }) => id));
      }
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures += 1;
      console.error(JSON.stringify({ level: 'error', msg: 'D1 copy not written', shop, error: String(error) }));
      return false;
    }
  }
}

function campaignCopy(record: CampaignRecord): CampaignCopy {
  const { campaign, archivedAtMs, deletedAtMs } = record;
  const { createdAtMs, updatedAtMs } = campaign;
  return {
    campaign,
    createdAtMs,
    updatedAtMs,
    archived: archivedAtMs !== null,
    deleted: deletedAtMs !== null,
    body: record,
  };
}

/** The one code of a standalone campaign, as it was made: nobody else tells of it before it is used. */
function onlyCode({ campaign, code }: CampaignRecord, idOf: TellerOf['idOf']): VoucherCopy[] {
  if (code === null) return [];
  const { id, createdAtMs } = campaign;
  const fresh = { rank: 0 as const, seq: 0, gone: false, voucher: null };
  return [{ id: idOf(code), code, key: codeKey(code), campaign: id, createdAtMs, ...fresh }];
}

function publicationCopy(publication: Publication): PublicationCopy {
  const { id, campaign, customer, atMs } = publication;
  return { id, campaign, customer, atMs, body: publication };
}
