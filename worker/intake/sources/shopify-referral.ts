/**
 * The referrer's code that an order or a checkout of Shopify came with: as an attribute of the cart, which the theme sets, or
 * in the address of the first page that the browser saw. Whether it is anybody's code is not known here.
 */
import { type JsonObject, objectsOf, textOf } from '../../domain/json.ts';
import { NAMES, refOf } from '../../domain/referrals/link.ts';

const LONGEST_REF = 255;

/** `{ ref }`, or nothing. An attribute whose name begins with `_` is one that Shopify's checkout does not show. */
export function referralOf(payload: JsonObject): { ref?: string } {
  const attribute = objectsOf(payload, 'note_attributes').find((one) =>
    NAMES.includes(textOf(one, 'name')?.replace(/^_+/, '') ?? ''),
  );
  const said = attribute === undefined ? null : textOf(attribute, 'value');
  const ref = (said ?? refOf(textOf(payload, 'landing_site') ?? ''))?.trim();
  return ref === undefined || ref === '' || ref.length > LONGEST_REF ? {} : { ref };
}
