/** One parcel: a link to its carrier where there is one, else the number to copy. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Tracking } from '../../worker/wire/hub.ts';
import { httpsOnly } from '../safe-url.ts';
import type { TabWords } from '../strings/tab-words.ts';
import { renderStatus } from './order-row.ts';
import { deliveryTone } from './order-status.ts';

type Copy = (event: Event, number: string) => void;

export function renderTracking(words: TabWords, parcel: Tracking, copy: Copy): TemplateResult {
  const { text } = words;
  const { company, number, status } = parcel;
  return html`
    <div class="parcel" part="parcel" data-copy>
      <div class="parcel-head">
        <p class="parcel-carrier">${company ?? text.parcel}</p>
        ${status ? renderStatus(words, { key: status, tone: deliveryTone(status) }) : nothing}
      </div>
      ${number ? html`<p class="parcel-number"><span class="hidden">${text.trackingNumber}</span><bdi>${number}</bdi></p>` : nothing}
      ${renderWayOn(words, parcel, copy)}
    </div>`;
}

function renderWayOn(words: TabWords, { number, url }: Tracking, copy: Copy): TemplateResult | typeof nothing {
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
    <button class="button wide" part="button" @click=${(event: Event) => copy(event, number)}>
      ${text.copy}<span class="hidden"> ${number}</span>
    </button>`;
}
