/** The segments of the shop that is measured: such as shops have, none of which a product view enters or leaves. */
import type { BenchShop } from './shop.ts';

/** Entered by one event and left by another, for measuring how soon that shows. */
export const WITNESS = 'Witness';

const count = (metric_id: string, operator: string, value: number, hours: number | null) => ({
  type: 'profile-metric',
  metric_id,
  measurement: 'count',
  measurement_filter: { type: 'numeric', operator, value },
  timeframe_filter:
    hours === null
      ? { type: 'date', operator: 'alltime' }
      : { type: 'date', operator: 'in-the-last', unit: 'hour', quantity: hours },
});
const property = (name: string, value: string) => ({
  type: 'profile-property',
  property: name,
  filter: { type: 'string', operator: 'equals', value },
});
const groups = (...conditions: object[]) => ({ condition_groups: conditions.map((one) => ({ conditions: [one] })) });

/** Four kinds in turn; two of the four ask for product views. */
function definition(at: number): object {
  switch (at % 4) {
    case 0:
      return groups(
        count('Product Viewed', 'greater-than-or-equal', 5_000 + at, 24 + at),
        count('Placed Order', 'equals', 0, 72),
      );
    case 1:
      return groups(count('Product Viewed', 'greater-than-or-equal', 10_000 + at, null), property('country', 'AT'));
    case 2:
      return groups(property('country', `X${at}`), count('Opened Email', 'greater-than-or-equal', 1, 72 + at));
    default:
      return groups(
        count('Placed Order', 'greater-than-or-equal', 1 + at, 24 * 30),
        count('Clicked Email', 'equals', 0, 72),
      );
  }
}

export async function addSegments(shop: BenchShop, many: number): Promise<void> {
  const witness = groups(count('Came In', 'greater-than-or-equal', 1, null), count('Went Out', 'equals', 0, null));
  const wanted = Array.from({ length: many - 1 }, (_, at) => ({ name: `Segment ${at}`, definition: definition(at) }));
  for (const segment of [...wanted, { name: WITNESS, definition: witness }]) {
    const answer = await shop.admin('POST', '/admin/v1/segments', segment);
    if (answer.status !== 201) throw new Error(await answer.text());
  }
}
