/** What a merchant should know of, as the API shows it. */
import { z } from '@hono/zod-openapi';
import { page, pageQuery } from './parts.ts';

export const Notice = z
  .object({
    id: z.string().describe('Of the occasion: the same for ever'),
    kind: z
      .enum([
        'codes.guessed',
        'codes.guessed_widely',
        'campaign.budget_low',
        'campaign.used_up',
        'connection.gone',
        'connection.failing',
      ])
      .describe(
        '`campaign.budget_low`: less than a tenth of a budget is left; `campaign.used_up`: nothing is; `codes.guessed`: somebody ' +
          'tried many wrong codes, `codes.guessed_widely`: many did; `connection.gone`: the other side answered that it is gone, `connection.failing`: it took ' +
          'nothing for five days, and the connection is paused',
      ),
    atMs: z.int(),
    about: z.record(z.string(), z.unknown()),
  })
  .openapi('Notice');
export const NoticePage = page(Notice).openapi('NoticePage');
export const NoticeQuery = z.strictObject(pageQuery(200, 50).shape);
