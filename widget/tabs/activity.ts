/** One line of the points history, in the shopper's words. */
import { html, type TemplateResult } from 'lit';
import type { Activity } from '../../worker/wire/hub.ts';
import type { TabWords } from '../strings/tab-words.ts';

export type { Activity };

export function renderActivity(words: TabWords, entry: Activity): TemplateResult {
  const signed = words.signed(entry.points);
  const date = words.recent(entry.atMs);
  const isNamed = entry.reason === null && (entry.title ?? entry.occasion ?? null) !== null;
  return html`
    <li class="entry" part="activity-entry">
      <div class="entry-what">
        <p class="entry-title"><bdi>${titleOf(words, entry)}</bdi></p>
        <p class="entry-date">${isNamed ? `${nameOf(words, entry.kind)} · ${date}` : date}</p>
      </div>
      <p class="entry-points ${entry.points > 0 ? 'gain' : ''}">
        <span aria-hidden="true">${signed}</span><span class="hidden">${signed} ${words.plural(words.text.points, entry.points)}</span>
      </p>
    </li>`;
}

/** The merchant's own words win: they are about this very entry. Then the name of what it is for. */
function titleOf(words: TabWords, { kind, orderName, title, occasion, reason }: Activity): string {
  const what = reason ?? title ?? (occasion ? words.text.way[occasion] : nameOf(words, kind));
  return orderName && !reason ? words.fill(words.text.forOrder, { what, order: orderName }) : what;
}

function nameOf({ text }: TabWords, kind: Activity['kind']): string {
  switch (kind) {
    case 'earned':
      return text.earned;
    case 'adjusted':
      return text.adjusted;
    case 'clawed_back':
      return text.clawedBack;
    case 'restored':
      return text.restored;
    case 'spent':
      return text.spent;
    case 'expired':
      return text.expired;
  }
}
