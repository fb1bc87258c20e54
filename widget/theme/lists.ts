/** What only tabs need: lists, their headings, and how they grow. Each tab brings it; the second one finds it there. */
import { css } from 'lit';

export const listStyles = css`
  .section-title {
    margin-block: 32px 4px;
    font-size: 1em;
    font-weight: 600;
    letter-spacing: -0.005em;
  }
  .list > li + li {
    border-block-start: 1px solid var(--_line);
  }
  .inline-error {
    margin-block-start: 16px;
    color: var(--_attention);
    font-size: 0.875em;
  }
  .button.wide {
    inline-size: 100%;
    margin-block-start: 16px;
  }
  .button[aria-disabled='true'] {
    opacity: 0.6;
    cursor: progress;
  }
  :host([dir='rtl']) .mirrored {
    transform: scaleX(-1);
  }
`;
