/** Where the keyboard is, where it goes back to, and that Tab stays inside the drawer. */

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** The element that really has the focus, through every shadow root. */
export function deepActiveElement(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** Remembers the opener and what it sits in: by the time the drawer closes the page may have replaced it. */
export function rememberFocus(opener: HTMLElement | null): () => void {
  const focused = deepActiveElement();
  const start = opener ?? (focused instanceof HTMLElement && focused !== document.body ? focused : null);
  const ancestors: HTMLElement[] = [];
  for (let node: Node | null = start; node; node = node instanceof ShadowRoot ? node.host : node.parentNode) {
    if (node instanceof HTMLElement) ancestors.push(node);
  }
  return () => {
    const near = ancestors.find((node) => node.isConnected);
    if (start && near && !tryFocus(start)) tryFocus(focusables(near)[0]) || focusAnyway(near);
  };
}

function tryFocus(element: HTMLElement | undefined): boolean {
  element?.focus({ preventScroll: true });
  return element !== undefined && deepActiveElement() === element;
}

/** A region that is no control takes the focus for this once. */
function focusAnyway(element: HTMLElement): void {
  if (element.hasAttribute('tabindex')) return;
  element.setAttribute('tabindex', '-1');
  element.addEventListener('blur', () => element.removeAttribute('tabindex'), {
    once: true,
  });
  tryFocus(element);
}

const focusables = (root: ParentNode): HTMLElement[] =>
  [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((element) => element.checkVisibility());

/** Tab on the last stop goes to the first, Shift+Tab on the first (or on the heading) to the last. */
export function wrapTab(event: KeyboardEvent, panel: HTMLElement): void {
  if (event.key !== 'Tab' || event.altKey || event.ctrlKey || event.metaKey) return;
  const stops = focusables(panel).filter((element) => element.tabIndex >= 0);
  const active = deepActiveElement();
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  const beforeFirst = event.shiftKey && active !== null && !stops.some((stop) => stop === active);
  if (active !== edge && !beforeFirst) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
