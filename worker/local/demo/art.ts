/** The product pictures: a few shapes and a palette each, drawn here so that the demo needs no image files. */
import { type Html, html } from './html.ts';

type Palette = {
  back: string;
  glow: string;
  main: string;
  dark: string;
  light: string;
};

const palettes: Record<string, Palette> = {
  'first-light': {
    back: '#f3d9b8',
    glow: '#f9e8cf',
    main: '#b4552d',
    dark: '#7c3517',
    light: '#f6c28b',
  },
  'moss-walk': {
    back: '#d3e0c2',
    glow: '#e6eedb',
    main: '#5d7f45',
    dark: '#35512b',
    light: '#a9c48d',
  },
  'evening-post': {
    back: '#e6cfd0',
    glow: '#f2e3e3',
    main: '#8e3b46',
    dark: '#5b2230',
    light: '#e29a7b',
  },
  'harbour-kettle': {
    back: '#c9dbe0',
    glow: '#dfeaed',
    main: '#2f6173',
    dark: '#1c3f4c',
    light: '#8fb9c4',
  },
  'two-cups': {
    back: '#e7dccb',
    glow: '#f2eadf',
    main: '#8a6f54',
    dark: '#5a4636',
    light: '#d7b894',
  },
  maidenhair: {
    back: '#cfe3d2',
    glow: '#e2efe4',
    main: '#3f7d57',
    dark: '#24523a',
    light: '#86ba94',
  },
  'small-fig': {
    back: '#dfe3c9',
    glow: '#edf0de',
    main: '#4f7440',
    dark: '#2f4a27',
    light: '#93ad6f',
  },
  'gift-card': {
    back: '#efd7cf',
    glow: '#f8e9e4',
    main: '#b4552d',
    dark: '#2f5d46',
    light: '#f2b79a',
  },
};

/** A whole SVG document, or null for a picture that nobody drew. */
export function artOf(slug: string): string | null {
  const palette = palettes[slug];
  const draw = drawings[slug];
  if (palette === undefined || draw === undefined) return null;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><rect width="400" height="400" fill="${palette.back}"/><circle cx="200" cy="190" r="150" fill="${palette.glow}"/><ellipse cx="200" cy="332" rx="120" ry="14" fill="${palette.dark}" opacity=".16"/>${draw(palette)}</svg>`
    .text;
}

const leaf = (x: number, y: number, turn: number, size: number, fill: string): Html =>
  html`<path transform="translate(${x} ${y}) rotate(${turn}) scale(${size})" d="M0 0C14-16 14-40 0-58-14-40-14-16 0 0Z" fill="${fill}"/>`;

const sprig = (x: number, y: number, turn: number, fill: string): Html =>
  html`<g transform="translate(${x} ${y}) rotate(${turn})"><path d="M0 0V-120" stroke="${fill}" stroke-width="4"/>${[-28, -56, -84].map((at) => [leaf(0, at, 55, 0.62, fill), leaf(0, at, -55, 0.62, fill)])}${leaf(0, -112, 0, 0.7, fill)}</g>`;

const tin = (p: Palette): Html =>
  html`<rect x="122" y="128" width="156" height="200" rx="18" fill="${p.main}"/><rect x="114" y="98" width="172" height="48" rx="14" fill="${p.dark}"/><rect x="142" y="182" width="116" height="104" rx="10" fill="${p.glow}"/><g transform="translate(200 276) scale(.54)">${sprig(0, 0, 0, p.main)}</g><rect x="134" y="156" width="10" height="156" rx="5" fill="#fff" opacity=".18"/>`;

const kettle = (p: Palette): Html =>
  html`<path d="M150 150C150 84 250 84 250 150" fill="none" stroke="${p.light}" stroke-width="15" stroke-linecap="round"/><path d="M278 214 340 158 352 168 300 270Z" fill="${p.dark}"/><path d="M116 322C92 252 120 152 200 152S308 252 284 322Z" fill="${p.main}"/><rect x="152" y="140" width="96" height="20" rx="10" fill="${p.dark}"/><circle cx="200" cy="130" r="13" fill="${p.light}"/><path d="M138 288C126 246 138 200 166 182" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".3"/>`;

const cup = (x: number, y: number, fill: string, p: Palette): Html =>
  html`<g transform="translate(${x} ${y})"><path d="M92 20c42-6 42 66-6 62" fill="none" stroke="${fill}" stroke-width="13"/><path d="M0 0H106V54c0 56-106 56-106 0Z" fill="${fill}"/><ellipse cx="53" cy="2" rx="53" ry="13" fill="${p.dark}"/><ellipse cx="53" cy="4" rx="44" ry="8" fill="${p.light}"/></g>`;

const steam = (x: number, y: number): Html =>
  html`<path d="M${x} ${y}c-18-22 18-30 0-56s14-28 4-48" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" opacity=".75"/>`;

const cups = (p: Palette): Html =>
  html`${steam(146, 206)}${steam(260, 186)}${cup(206, 214, p.light, p)}${cup(92, 236, p.main, p)}`;

const pot = (p: Palette, fill: string): Html =>
  html`<path d="M138 248H262L248 326Q246 332 240 332H160Q154 332 152 326Z" fill="${fill}"/><rect x="128" y="236" width="144" height="28" rx="9" fill="${p.dark}" opacity=".9"/>`;

const fern = (p: Palette): Html =>
  html`${[-66, -40, -14, 14, 40, 66].map((turn, index) => sprig(200, 244, turn, index % 2 === 0 ? p.main : p.light))}${sprig(200, 240, 0, p.dark)}${pot(p, '#c67a52')}`;

const fig = (p: Palette): Html =>
  html`<path d="M200 244V120M200 200 160 160M200 176l38-36" stroke="${p.dark}" stroke-width="7" stroke-linecap="round"/>${leaf(200, 124, 0, 1.25, p.main)}${leaf(160, 164, -58, 1.2, p.light)}${leaf(238, 142, 52, 1.25, p.main)}${leaf(198, 210, -78, 1, p.main)}${leaf(202, 214, 74, 1.1, p.light)}${pot(p, '#e8e2d4')}`;

const card = (p: Palette): Html =>
  html`<g transform="rotate(-7 200 210)"><rect x="74" y="126" width="252" height="166" rx="18" fill="${p.dark}"/><rect x="104" y="126" width="26" height="166" fill="${p.light}"/><path d="M117 196c-46-44-58 22 0 10 58 12 46-54 0-10Z" fill="${p.main}"/>${sprig(262, 276, 12, '#86ba94')}</g>`;

const drawings: Record<string, (palette: Palette) => Html> = {
  'first-light': tin,
  'moss-walk': tin,
  'evening-post': tin,
  'harbour-kettle': kettle,
  'two-cups': cups,
  maidenhair: fern,
  'small-fig': fig,
  'gift-card': card,
};
