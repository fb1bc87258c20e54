/** The details, and the switches of the channels. */
import { css } from 'lit';

export const profileStyles = css`
  .section-title.first {
    margin-block-start: 0;
  }
  .details {
    display: grid;
    gap: 14px;
    margin-block-start: 12px;
  }
  .details dt {
    color: var(--_muted);
    font-size: 0.8125em;
  }
  .details dd {
    font-weight: 500;
    overflow-wrap: anywhere;
  }
  .channel {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 20px;
    inline-size: 100%;
    min-block-size: 64px;
    padding-block: 12px;
  }
  .channel-note + .list {
    margin-block-start: 6px;
  }
  .channel-words {
    display: grid;
    gap: 2px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .track {
    flex: none;
    inline-size: 48px;
    block-size: 28px;
    padding: 3px;
    border: 1px solid var(--_muted);
    border-radius: 14px;
    background: var(--_surface);
    transition: background 0.18s, border-color 0.18s;
  }
  .thumb {
    display: block;
    inline-size: 20px;
    block-size: 20px;
    border-radius: 50%;
    background: var(--_muted);
    transition: transform 0.22s var(--_ease), background 0.18s;
  }
  .channel[aria-checked='true'] .track {
    border-color: var(--_accent);
    background: var(--_accent);
    box-shadow: inset 0 0 0 1px color-mix(in oklab, var(--_text) 22%, transparent);
  }
  .channel[aria-checked='true'] .thumb {
    background: var(--_on-accent);
    transform: translateX(calc(var(--_toward-end) * 20px));
  }
  .channel[aria-disabled='true'] {
    cursor: default;
  }
  .channel[aria-disabled='true'] .track {
    opacity: 0.55;
  }
  .channel:hover .track {
    border-color: var(--_text);
  }
  li > .inline-error {
    margin-block: 0 12px;
  }
  .legal-line {
    margin-block: 20px 4px;
    text-wrap: pretty;
  }
  @media (forced-colors: active) {
    .thumb,
    .channel[aria-checked='true'] .thumb {
      background: ButtonText;
      forced-color-adjust: none;
    }
    .channel[aria-checked='true'] .track {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .track,
    .thumb {
      transition: none;
    }
  }
`;
