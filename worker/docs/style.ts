/** The look of the documentation page, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 15%,transparent);--soft:color-mix(in srgb,currentColor 6%,transparent)}
*{box-sizing:border-box}body{margin:0;font:16px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:15rem minmax(0,52rem);gap:3rem;padding:0 1.5rem}
nav{position:sticky;top:0;align-self:start;display:flex;flex-direction:column;gap:.35rem;padding:2rem 0;height:100dvh}
nav a{color:inherit;text-decoration:none;padding:.2rem 0;opacity:.8}nav a:hover,nav a:focus-visible{opacity:1;text-decoration:underline}
main{padding:1.5rem 0 6rem}h1{font-size:2rem;letter-spacing:-.02em;margin:.5rem 0}h2{margin:3rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}h4{margin:1.2rem 0 .3rem}
details{border:1px solid var(--line);border-radius:10px;margin:.6rem 0;padding:0 1rem}summary{cursor:pointer;padding:.75rem 0;display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline}
summary span{opacity:.75}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}.method{font-weight:700;min-width:3.6rem}.get{color:light-dark(#0a6b3d,#6fd6a2)}.post{color:light-dark(#0b57b7,#85b8ff)}.put,.patch{color:light-dark(#8a5200,#f0b866)}.delete{color:light-dark(#b01f2e,#ff8f99)}
table{border-collapse:collapse;width:100%;font-size:.95em}td,th{text-align:start;padding:.35rem .8rem .35rem 0;border-top:1px solid var(--line);vertical-align:top}
ul{padding-inline-start:1.1rem;margin:.3rem 0}li{margin:.25rem 0}em{font-style:normal;opacity:.65;font-size:.9em}tr:target{background:var(--soft)}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;flex-direction:row;flex-wrap:wrap;gap:.2rem 1rem;padding:1.2rem 0 0}table{display:block;overflow-x:auto}}
`;
