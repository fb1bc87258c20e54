/** Loads a tab the first time somebody is about to see it, and keeps its state until the shopper changes. */
import type { TabId } from '../element/tab-list.ts';
import type { Panel, PanelHost, PanelModule } from '../tabs/panel.ts';

const DOWNLOADS: Readonly<Record<TabId, () => Promise<PanelModule>>> = {
  'for-you': () => import('../tabs/for-you.ts'),
  orders: () => import('../tabs/orders.ts'),
  profile: () => import('../tabs/profile.ts'),
};

type Host = PanelHost & { readonly shadowRoot: ShadowRoot | null };

export class Panels {
  readonly #host: Host;
  readonly #modules = new Map<TabId, Promise<PanelModule>>();
  readonly #failed = new Set<TabId>();
  #panels = new Map<TabId, Panel>();
  #paths = new Map<TabId, string>();

  constructor(host: Host) {
    this.#host = host;
  }

  get(tab: TabId): Panel | null {
    return this.#panels.get(tab) ?? null;
  }

  hasFailed(tab: TabId): boolean {
    return this.#failed.has(tab);
  }

  /** Which page of a tab to show, whether it has arrived or not. */
  show(tab: TabId, path: string): void {
    this.#paths.set(tab, path);
    this.#panels.get(tab)?.show(path);
  }

  async load(tab: TabId): Promise<void> {
    if (this.#panels.has(tab)) return;
    this.#failed.delete(tab);
    const before = this.#panels;
    try {
      const module = await this.prefetch(tab);
      // Forgotten meanwhile, or loaded by another call.
      if (before !== this.#panels || before.has(tab)) return;
      this.#adopt(module);
      const panel = module.createPanel(this.#host);
      before.set(tab, panel);
      panel.show(this.#paths.get(tab) ?? '');
    } catch {
      this.#modules.delete(tab);
      this.#failed.add(tab);
    }
    this.#host.requestUpdate();
  }

  prefetch(tab: TabId): Promise<PanelModule> {
    const known = this.#modules.get(tab);
    if (known) return known;
    const download = DOWNLOADS[tab]();
    this.#modules.set(tab, download);
    return download;
  }

  forget(): void {
    this.#panels = new Map();
    this.#paths = new Map();
  }

  #adopt({ styles }: PanelModule): void {
    const sheets = this.#host.shadowRoot?.adoptedStyleSheets;
    for (const { styleSheet } of styles) {
      if (sheets && styleSheet && !sheets.includes(styleSheet)) sheets.push(styleSheet);
    }
  }
}
