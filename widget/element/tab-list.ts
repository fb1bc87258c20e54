/** The tabs of the drawer, by the WAI-ARIA tabs pattern: one tab stop, arrows follow the reading direction. */
import { html, type TemplateResult } from 'lit';

export const TABS = ['for-you', 'rewards', 'orders', 'profile'] as const;
export type TabId = (typeof TABS)[number];

export interface TabList {
  readonly label: string;
  readonly names: Readonly<Record<TabId, string>>;
  readonly selected: TabId;
  readonly rtl: boolean;
  readonly onSelect: (tab: TabId) => void;
  /** The shopper may be about to choose it. */
  readonly onIntent: (tab: TabId) => void;
}

export function renderTabList(list: TabList): TemplateResult {
  const tab = (id: TabId): TemplateResult => html`
    <button
      role="tab"
      part="tab"
      class="tab"
      id="tab-${id}"
      aria-selected=${id === list.selected}
      aria-controls="panel-${id}"
      tabindex=${id === list.selected ? 0 : -1}
      @click=${() => list.onSelect(id)}
      @pointerenter=${() => list.onIntent(id)}
      @focus=${() => list.onIntent(id)}
    >${list.names[id]}</button>`;
  return html`
    <div role="tablist" part="tabs" class="tabs" aria-label=${list.label} @keydown=${(event: KeyboardEvent) => move(event, list)}>
      ${TABS.map(tab)}
    </div>`;
}

function move(event: KeyboardEvent, { selected, rtl, onSelect }: TabList): void {
  const next = neighbour(TABS, selected, { key: event.key, rtl });
  if (!next || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  onSelect(next);
  const group = event.currentTarget;
  if (group instanceof HTMLElement) group.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
}

/** Which tab a key leads to; undefined where it is none of the pattern's. Goes round at both ends. */
export function neighbour<T>(
  tabs: readonly T[],
  selected: T,
  { key, rtl }: { key: string; rtl: boolean },
): T | undefined {
  if (key === 'Home') return tabs[0];
  if (key === 'End') return tabs.at(-1);
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const step = (key === 'ArrowRight') === rtl ? -1 : 1;
  return tabs[(tabs.indexOf(selected) + step + tabs.length) % tabs.length];
}
