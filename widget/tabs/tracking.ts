/** One parcel: a link to its carrier where there is one, else the number to copy. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Tracking } from '../../worker/wire/hub.ts';
import { httpsOnly } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderStatus } from './order-row.ts';
import { deliveryTone } from './order-status.ts';

export function renderTracking(words: TabWords, parcel: Tracking, announce: (text: string) => void): TemplateResult {
  const { text } = words;
  const { company, number, status } = parcel;
  return html`
    <div class="parcel" part="parcel">
      <div class="parcel-head">
        <p class="parcel-carrier">${company ?? text.parcel}</p>
        ${status ? renderStatus(words, { key: status, tone: deliveryTone(status) }) : nothing}
      </div>
      ${number ? html`<p class="parcel-number"><span class="hidden">${text.trackingNumber}</span><bdi>${number}</bdi></p>` : nothing}
      ${renderWayOn(words, parcel, announce)}
    </div>`;
}

function renderWayOn(
  words: TabWords,
  { number, url }: Tracking,
  announce: (text: string) => void,
): TemplateResult | typeof nothing {
  const { text } = words;
  const href = httpsOnly(url);
  if (href) {
    return html`
      <a class="button wide" part="button" href=${href} target="_blank" rel="noopener noreferrer"
        >${text.track}<span class="hidden">, ${text.newWindow}</span></a
      >`;
  }
  if (!number) return nothing;
  return html`
    <button class="button wide" part="button" @click=${(event: Event) => copy(event, number, () => announce(text.copied))}>
      ${text.copy}<span class="hidden"> ${number}</span>
    </button>`;
}

/** Where the clipboard is not to be had, the number is selected: the shopper's own copy command does the rest. */
function copy({ currentTarget }: Event, number: string, done: () => void): void {
  const shown = currentTarget instanceof Element ? currentTarget.closest('.parcel')?.querySelector('bdi') : null;
  const select = (): void => {
    if (shown) getSelection()?.selectAllChildren(shown);
  };
  if (navigator.clipboard) navigator.clipboard.writeText(number).then(done, select);
  else select();
}
