/** Keeps the page still behind the drawer without moving it: the scrollbar's place stays taken. Answers how to undo it. */

export function lockScroll(): () => void {
  const root = document.documentElement;
  const gutter = innerWidth - root.clientWidth;
  const undo = [set(scrollerOf(root), 'overflow', 'hidden')];
  if (gutter > 0) {
    undo.push(
      CSS.supports('scrollbar-gutter', 'stable')
        ? set(root, 'scrollbar-gutter', 'stable')
        : set(root, 'padding-inline-end', `${gutter}px`),
    );
  }
  return () => {
    for (const restore of undo) restore();
  };
}

/**
 * Many themes put `overflow-x: hidden` on the body, which the viewport takes over as long as the root has none. Setting
 * it on the root would end that, make the body a scroller of its own and unstick every sticky header.
 */
function scrollerOf(root: HTMLElement): HTMLElement {
  const bodyRules =
    getComputedStyle(root).overflowY === 'visible' && getComputedStyle(document.body).overflowY !== 'visible';
  return bodyRules ? document.body : root;
}

function set(element: HTMLElement, property: string, value: string): () => void {
  const before = element.style.getPropertyValue(property);
  const priority = element.style.getPropertyPriority(property);
  element.style.setProperty(property, value, 'important');
  return () => element.style.setProperty(property, before, priority);
}
