/** How the drawer opens and closes: modal, still page behind it, focus in and back. Knows nothing of what is inside. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { rememberFocus, wrapTab } from './focus.ts';
import { lockScroll } from './scroll-lock.ts';

export interface DrawerHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
  onClosed(): void;
}

export class DrawerController implements ReactiveController {
  /** Sliding out: still in the top layer, not to be used any more. */
  closing = false;
  readonly #host: DrawerHost;
  #release: (() => void) | null = null;
  #pressedOutside = false;

  constructor(host: DrawerHost) {
    this.#host = host;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#release !== null && !this.closing;
  }

  open(opener: HTMLElement | null): void {
    this.closing = false;
    this.#host.requestUpdate();
    if (!this.#release) {
      const restoreFocus = rememberFocus(opener);
      const unlock = lockScroll();
      this.#release = () => {
        unlock();
        restoreFocus();
      };
      this.#find('dialog', HTMLDialogElement)?.showModal();
    }
    this.focus('[data-heading]');
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.closing = true;
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    const slides = this.#find('.panel', HTMLElement)?.getAnimations() ?? [];
    await Promise.allSettled(slides.map((slide) => slide.finished));
    // Opened again while it was sliding out.
    if (this.closing) this.#find('dialog', HTMLDialogElement)?.close();
  }

  focus(selector: string): void {
    this.#find(selector, HTMLElement)?.focus({ preventScroll: true });
  }

  hostDisconnected(): void {
    this.onClose();
  }

  /** `close` of the dialog: also where the browser itself closed it. */
  readonly onClose = (): void => {
    const release = this.#release;
    this.#release = null;
    this.closing = false;
    release?.();
    if (release) this.#host.onClosed();
    this.#host.requestUpdate();
  };

  /** Escape, or Android's back gesture. Handled here so that it slides out like any other close. */
  readonly onCancel = (event: Event): void => {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    void this.close();
  };

  readonly onKeydown = (event: KeyboardEvent): void => {
    const panel = this.#find('.panel', HTMLElement);
    if (panel) wrapTab(event, panel);
  };

  readonly onPointerdown = (event: Event): void => {
    this.#pressedOutside = event.target === event.currentTarget;
  };

  /** Both ends of the press have to be outside: selecting text may end there. */
  readonly onClick = (event: Event): void => {
    if (this.#pressedOutside && event.target === event.currentTarget) void this.close();
  };

  #find<E extends HTMLElement>(selector: string, kind: new () => E): E | null {
    const found = this.#host.renderRoot.querySelector(selector);
    return found instanceof kind ? found : null;
  }
}
