/** The demo shop's style sheet and its few lines of script: the shop works without either. */
export const STYLE = `
:root { color-scheme: light dark; --paper:#faf7f1; --card:#fff; --ink:#22302a; --soft:#5b675f; --line:#e4ddd0; --green:#2f5d46; --on-green:#fff; --clay:#a4471f; --tint:#eaf0e6; --bar:#efe9dd;
  --serif:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif; --sans:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif; }
@media (prefers-color-scheme: dark) { :root { --paper:#141a17; --card:#1c2420; --ink:#ecefe9; --soft:#a7b2aa; --line:#2e3933; --green:#8fc7a6; --on-green:#10201a; --clay:#f0a883; --tint:#20302a; --bar:#1a211d; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin:0; background:var(--paper); color:var(--ink); font:1rem/1.55 var(--sans); display:flex; flex-direction:column; min-height:100dvh; overflow-wrap:break-word; }
h1,h2,h3 { font-family:var(--serif); font-weight:600; line-height:1.15; letter-spacing:-.01em; margin:0; text-wrap:balance; }
h1 { font-size:clamp(1.9rem,1.3rem + 2.6vw,3.1rem); } h2 { font-size:1.5rem; } h3,.name { font-size:1.08rem; }
p { margin:.5rem 0 0; } a { color:inherit; text-underline-offset:.2em; } img,svg { display:block; }
:focus-visible { outline:3px solid var(--clay); outline-offset:3px; border-radius:6px; }
main { flex:1; width:100%; max-width:72rem; margin:0 auto; padding:clamp(1rem,3vw,2.2rem) clamp(1rem,4vw,2rem) 4rem; }
main:focus { outline:none; }
.skip { position:absolute; left:-99rem; } .skip:focus { left:1rem; top:.6rem; z-index:9; background:var(--card); padding:.5rem 1rem; }
.demo { display:flex; flex-wrap:wrap; gap:.3rem .6rem; align-items:center; justify-content:center; padding:.3rem 1rem; background:var(--bar); color:var(--soft); font-size:.84rem; }
.demo select { min-height:2rem; border:1px solid var(--line); border-radius:8px; background:var(--card); color:var(--ink); padding:0 .5rem; font:inherit; }
.js .demo button { display:none; } .demo a { margin-left:.4rem; padding:.25rem 0; }
.top { position:sticky; top:0; z-index:5; display:grid; grid-template-columns:auto 1fr auto; gap:.5rem 2rem; align-items:center; padding:.6rem max(clamp(1rem,4vw,2rem),50vw - 34rem); background:color-mix(in srgb,var(--paper) 92%,transparent); backdrop-filter:blur(10px); border-bottom:1px solid var(--line); }
.brand { display:flex; gap:.6rem; align-items:center; font:600 1.3rem/1 var(--serif); text-decoration:none; white-space:nowrap; } .brand i { color:var(--clay); font-weight:400; }
.top nav { display:flex; gap:.2rem; } .top nav a { padding:.55rem .8rem; text-decoration:none; border-radius:8px; } .top nav a:hover { background:var(--tint); }
.tools { display:flex; gap:.1rem; } .icon { position:relative; display:grid; place-items:center; width:44px; height:44px; border-radius:50%; } .icon:hover { background:var(--tint); }
.icon svg { fill:none; stroke:currentColor; stroke-width:1.7; stroke-linecap:round; stroke-linejoin:round; }
.icon b { position:absolute; right:1px; top:1px; min-width:19px; height:19px; padding:0 4px; border-radius:10px; background:var(--clay); color:var(--paper); font:700 .72rem/19px var(--sans); text-align:center; } .icon b[hidden] { display:none; }
@media (max-width:40rem) { .top { grid-template-columns:1fr auto; padding-block:.4rem; } .top nav { grid-column:1/-1; grid-row:2; margin:0 -.6rem; } .brand { font-size:1.15rem; } }
.hero { display:grid; grid-template-columns:1.2fr 1fr; gap:1rem 2rem; align-items:center; margin-bottom:2rem; background:var(--tint); border-radius:24px; padding:clamp(1.3rem,4vw,3rem); overflow:hidden; }
.hero p { color:var(--soft); max-width:34ch; font-size:1.08rem; } .hero img { width:100%; max-width:19rem; height:auto; aspect-ratio:1; justify-self:end; border-radius:50%; }
.hero .row { margin-top:1.2rem; max-width:none; } .hero .quiet { color:var(--ink); border-color:var(--soft); } @media (max-width:40rem) { .hero { grid-template-columns:1fr 6.4rem; padding:1.3rem; border-radius:18px; } .hero .row,.hero p { grid-column:1/-1; } .hero > div { display:contents; } .hero h1 { grid-column:1; grid-row:1; } .hero img { grid-column:2; grid-row:1; } .hero p { margin:0; } .hero .row { margin-top:.2rem; } }
.row { display:flex; flex-wrap:wrap; gap:.6rem; align-items:center; }
button,.button { display:inline-grid; place-items:center; min-height:44px; padding:.3rem 1.2rem; border:1px solid transparent; border-radius:999px; background:var(--green); color:var(--on-green); font:600 1rem/1.2 var(--sans); text-decoration:none; cursor:pointer; }
button:hover,.button:hover { filter:brightness(1.08); } button:active { transform:translateY(1px); }
.quiet { background:transparent; color:inherit; border-color:var(--line); } .quiet:hover { background:var(--tint); filter:none; } .small { min-height:38px; padding:.2rem .9rem; font-size:.9rem; } .demo .quiet { min-height:2rem; font-size:.84rem; padding:0 .7rem; }
.shelf { display:flex; justify-content:space-between; align-items:baseline; gap:1rem; margin-bottom:1rem; } .shelf span { color:var(--soft); font-size:.92rem; }
.grid { display:grid; grid-template-columns:repeat(auto-fill,minmax(min(15rem,44%),1fr)); gap:clamp(.9rem,2.4vw,1.7rem); list-style:none; margin:0; padding:0; }
.product { position:relative; display:flex; flex-direction:column; height:100%; } .product img { width:100%; height:auto; aspect-ratio:1; border-radius:18px; transition:transform .25s; } .product:hover img { transform:translateY(-3px); }
.product .name { margin-top:.7rem; } .product .name a { text-decoration:none; } .product .name a::after { content:""; position:absolute; inset:0; border-radius:18px; } .product .name a:focus-visible { outline:none; } .product .name a:focus-visible::after { outline:3px solid var(--clay); outline-offset:3px; }
.product p { margin:.1rem 0 .6rem; color:var(--soft); font-size:.92rem; } .buy { display:flex; align-items:center; justify-content:space-between; gap:.4rem; margin-top:auto; } .buy strong { font-variant-numeric:tabular-nums; } .buy form { position:relative; z-index:1; }
.detail { display:grid; grid-template-columns:1.1fr 1fr; gap:clamp(1.2rem,4vw,3.5rem); align-items:center; } .detail img { width:100%; height:auto; border-radius:24px; } .price { font-size:1.35rem; margin:.8rem 0 1.2rem; font-variant-numeric:tabular-nums; } .muted { color:var(--soft); } @media (max-width:46rem) { .detail { grid-template-columns:1fr; } }
.sheet { background:var(--card); border:1px solid var(--line); border-radius:18px; padding:clamp(1rem,3vw,1.6rem); margin-top:1rem; } .narrow { max-width:44rem; margin-inline:auto; }
.lines { list-style:none; margin:0; padding:0; } .lines li { display:grid; grid-template-columns:4.5rem 1fr auto; gap:.2rem 1rem; align-items:center; padding:.8rem 0; border-bottom:1px solid var(--line); } .lines li:last-child { border:0; } .lines img { width:4.5rem; height:4.5rem; border-radius:12px; } .lines form { display:flex; gap:.4rem; align-items:center; margin-top:.35rem; } .lines .was { text-decoration:line-through; color:var(--soft); }
.codes ul { list-style:none; margin:0; padding:0; } .codes li { display:flex; justify-content:space-between; align-items:center; gap:1rem; padding:.6rem .9rem; margin-top:.6rem; border-radius:12px; background:var(--tint); } .codes li span { display:block; color:var(--soft); font-size:.92rem; } .codes .refused { background:none; border:1px dashed var(--clay); } .codes .refused span { color:var(--clay); } .codes form.row { margin-top:.9rem; } .codes label { flex-basis:100%; font-size:.92rem; } .codes input { flex:1; min-width:9rem; min-height:44px; font:inherit; color:inherit; background:var(--card); border:1px solid var(--soft); border-radius:10px; padding:0 .7rem; text-transform:uppercase; }
.sums { display:grid; grid-template-columns:1fr auto; gap:.3rem 1rem; margin:1rem 0 0; font-variant-numeric:tabular-nums; } .sums dd { margin:0; text-align:right; } .sums .total { font-weight:700; font-size:1.15rem; padding-top:.4rem; }
label { font-weight:600; } .demo label { font-weight:400; } input[type=email],select { min-height:44px; font:inherit; color:inherit; background:var(--card); border:1px solid var(--soft); border-radius:10px; padding:0 .7rem; } input[type=email] { width:100%; margin:.3rem 0 .2rem; }
.tag { display:inline-block; padding:.1rem .65rem; border-radius:999px; background:var(--tint); font-size:.84rem; } .order header { display:flex; flex-wrap:wrap; gap:.3rem .8rem; align-items:baseline; } .order time { color:var(--soft); font-size:.92rem; margin-left:auto; }
.desk { margin:.9rem 0 0; padding:.8rem 1rem; border:1px dashed var(--line); border-radius:12px; } .desk legend { padding:0 .4rem; color:var(--soft); font-size:.84rem; }
.people { list-style:none; padding:0; margin:1rem 0 0; display:grid; gap:.6rem; } .people button { width:100%; display:flex; gap:.9rem; text-align:left; justify-content:flex-start; align-items:center; border-radius:14px; padding:.7rem 1rem; } .people span { display:block; font-weight:400; color:var(--soft); font-size:.9rem; } .people i { flex:none; display:grid; place-items:center; width:40px; height:40px; border-radius:50%; background:var(--green); color:var(--on-green); font:600 1.1rem/1 var(--serif); }
.notice { margin:0 0 1.2rem; padding:.7rem 1rem; border-radius:12px; background:var(--tint); border-left:4px solid var(--green); }
.toast { position:fixed; left:50%; bottom:1.2rem; transform:translate(-50%,150%); background:var(--ink); color:var(--paper); padding:.6rem 1.2rem; border-radius:999px; transition:transform .25s,visibility .25s; visibility:hidden; pointer-events:none; width:max-content; max-width:90vw; } .toast.on { transform:translate(-50%,0); visibility:visible; }
footer { border-top:1px solid var(--line); padding:1.4rem max(clamp(1rem,4vw,2rem),50vw - 34rem); display:flex; flex-wrap:wrap; gap:.3rem 2rem; justify-content:space-between; color:var(--soft); font-size:.9rem; } footer p { margin:0; } footer nav { display:flex; gap:1.2rem; }
@media (prefers-reduced-motion: reduce) { * { transition:none !important; } }
`;

/** Adds to the bag without leaving the page, and switches shoppers as soon as one is chosen. */
export const SCRIPT = `
document.documentElement.classList.add('js');
const toast = document.querySelector('.toast');
let hide;
function say(text) { toast.textContent = text; toast.classList.add('on'); clearTimeout(hide); hide = setTimeout(() => toast.classList.remove('on'), 2600); }
document.addEventListener('change', (event) => { if (event.target.matches('[data-submit]')) event.target.form.requestSubmit(); });
document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.matches('[data-add]')) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.action, { method: 'POST', headers: { accept: 'application/json' }, body: new URLSearchParams(new FormData(form)) });
    const { itemCount, title } = await answer.json();
    const bag = document.querySelector('[data-bag]');
    bag.setAttribute('aria-label', 'Bag, ' + itemCount + (itemCount === 1 ? ' item' : ' items'));
    const badge = bag.querySelector('b');
    badge.textContent = itemCount;
    badge.hidden = false;
    say(title + ' is in your bag');
  } catch { form.submit(); }
});
`;
