/** Loads a panel the first time somebody is about to see it, and keeps its state until the shopper changes. */
import type { Panel, PanelHost, PanelModule } from '../tabs/panel.ts';

export type Downloads<Id extends string> = Readonly<Record<Id, () => Promise<PanelModule>>>;

export class Panels<Id extends string> {
  readonly #host: PanelHost;
  readonly #downloads: Downloads<Id>;
  readonly #modules = new Map<Id, Promise<PanelModule>>();
  readonly #failed = new Set<Id>();
  #panels = new Map<Id, Panel>();
  #paths = new Map<Id, string>();

  constructor(host: PanelHost, downloads: Downloads<Id>) {
    this.#host = host;
    this.#downloads = downloads;
  }

  get(tab: Id): Panel | null {
    return this.#panels.get(tab) ?? null;
  }

  hasFailed(tab: Id): boolean {
    return this.#failed.has(tab);
  }

  /** Which page of a tab to show, whether it has arrived or not. */
  show(tab: Id, path: string): void {
    this.#paths.set(tab, path);
    this.#panels.get(tab)?.show(path);
  }

  async load(tab: Id): Promise<void> {
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

  prefetch(tab: Id): Promise<PanelModule> {
    const known = this.#modules.get(tab);
    if (known) return known;
    const download = this.#downloads[tab]();
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
