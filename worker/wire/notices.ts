/** What a merchant should know of, as the API shows it. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';

export const Notice = z
  .object({
    id: z.string().describe('Of the occasion: the same for ever'),
    kind: z
      .enum(['codes.guessed', 'codes.guessed_widely', 'campaign.budget_low', 'campaign.used_up'])
      .describe(
        '`campaign.budget_low`: less than a tenth of a budget is left; `campaign.used_up`: nothing is; `codes.guessed`: somebody ' +
          'tried many wrong codes, `codes.guessed_widely`: many did',
      ),
    atMs: z.int(),
    about: z.record(z.string(), z.unknown()),
  })
  .openapi('Notice');
export const NoticePage = page(Notice).openapi('NoticePage');
export const NoticeQuery = z.strictObject(pageQuery(200, 50).shape);
