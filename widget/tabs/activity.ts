/** One line of the points history, in the shopper's words. */
import { html, type TemplateResult } from 'lit';
import type { Activity } from '../../worker/wire/hub.ts';
import type { TabWords } from '../strings/tab-words.ts';

export type { Activity };

export function renderActivity(words: TabWords, entry: Activity): TemplateResult {
  const points = words.plural(words.text.pointsEach, entry.points, {
    points: words.signed(entry.points),
  });
  return html`
    <li class="entry" part="activity-entry">
      <div class="entry-what">
        <p class="entry-title">${titleOf(words, entry)}</p>
        <p class="entry-date">${words.recent(entry.atMs)}</p>
      </div>
      <p class="entry-points ${entry.points > 0 ? 'gain' : ''}">
        <span aria-hidden="true">${words.signed(entry.points)}</span><span class="hidden">${points}</span>
      </p>
    </li>`;
}

/** The merchant's own words win: they are about this very entry. */
function titleOf(words: TabWords, { kind, orderName, reason }: Activity): string {
  if (reason) return reason;
  const what = nameOf(words, kind);
  return orderName ? words.fill(words.text.forOrder, { what, order: orderName }) : what;
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
