/**
 * The look of the drawer, as custom properties. A shop sets the `--regulars-*` ones on `customer-hub` or on `:root`:
 * accent, on-accent, surface, text, muted, line, radius, width, font, font-size, backdrop. Dark mode follows the shopper;
 * `customer-hub { color-scheme: light }` pins it. Text on the accent turns black or white by itself.
 */
import { css } from 'lit';

export const tokens = css`
  :host {
    display: contents;
    color-scheme: light dark;
    --_surface: var(--regulars-surface, light-dark(#fffefc, #191a19));
    --_text: var(--regulars-text, light-dark(#1d1c1a, #f2f0eb));
    --_muted: var(--regulars-muted, light-dark(#67635c, #aaa69e));
    --_line: var(--regulars-line, light-dark(#e8e4dc, #353633));
    --_accent: var(--regulars-accent, light-dark(#1f4a3d, #9fd3bb));
    --_on-accent: var(--regulars-on-accent, oklch(from var(--_accent) calc((0.57 - l) * 1000) 0 0));
    --_sunken: color-mix(in oklab, var(--_text) 6%, var(--_surface));
    --_pressed: color-mix(in oklab, var(--_text) 11%, var(--_surface));
    --_card: light-dark(var(--_accent), color-mix(in oklab, var(--_accent) 17%, var(--_surface)));
    --_on-card: light-dark(var(--_on-accent), var(--_text));
    /* The accent as a foreground: a pale one is darkened, a dark one lightened, until it can be read. */
    --_mark: light-dark(
      oklch(from var(--_accent) min(l, 0.48) c h),
      oklch(from var(--_accent) max(l, 0.75) c h)
    );
    --_attention: light-dark(#9a4a12, #f0b27a);
    --_radius: var(--regulars-radius, 14px);
    --_backdrop: var(--regulars-backdrop, rgb(20 18 15 / 0.44));
    --_ease: cubic-bezier(0.22, 0.8, 0.24, 1);
    --_toward-end: 1;
  }
  :host([dir='rtl']) {
    --_toward-end: -1;
  }
  /* Here and not on the host: a page's own rule for * reaches the host, and would come down to every word. */
  dialog {
    all: initial;
    color-scheme: inherit;
    color: var(--_text);
    font-family: var(--regulars-font, inherit);
    /* The shopper's own text size, whatever the theme has made of 1rem. */
    font-size: var(--regulars-font-size, medium);
    line-height: 1.5;
    text-align: start;
    overflow-wrap: break-word;
    -webkit-tap-highlight-color: transparent;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2,
  h3 {
    outline: none;
  }
  [hidden] {
    display: none !important;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
