import { PALETTES, type Palette } from '@polysem/figures/theme';

function variables(palette: Palette): string {
  const { paper, ink, muted, grid, blank, accent, fail, line } = palette;
  return Object.entries({ paper, ink, muted, grid, blank, accent, fail, line })
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

/** Style sheet of a report: the light and dark palettes of the figures, system fonts, a narrow text column. */
// Long because it returns one style sheet as one text.
export function reportCss(): string {
  return `:root{color-scheme:light dark;${variables(PALETTES.light)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(PALETTES.dark)}}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans","DejaVu Sans",sans-serif;-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;padding:clamp(1.5rem,5vw,4.5rem) 0 4rem;display:grid;grid-template-columns:[wide-start] minmax(1.25rem,1fr) [text-start] minmax(0,42rem) [text-end] minmax(1.25rem,1fr) [wide-end];overflow-wrap:break-word}
body>*,main>*,main>section>*{grid-column:text}
main,main>section{grid-column:wide;display:grid;grid-template-columns:subgrid}
main>.wide,main>section>.wide{grid-column:wide;justify-self:center;width:min(100% - 2.5rem,66rem)}
h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.2rem);line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:0 0 1rem;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em;font-weight:650;margin:3.5rem 0 .75rem;scroll-margin-top:1.5rem;text-wrap:balance}
h3{font-size:1.05rem;font-weight:650;margin:2rem 0 .5rem}
p{margin:0 0 1rem;text-wrap:pretty}
.intro p:first-child{font-size:1.125rem;line-height:1.55}
.meta,figcaption,caption,footer{color:var(--muted);font-size:.875rem;line-height:1.5}
a{color:var(--accent);text-underline-offset:.15em;text-decoration-thickness:.06em}
a:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
pre{overflow-x:auto;padding:.9rem 1rem;margin:.5rem 0 1rem;background:var(--blank);border-radius:4px}
nav{margin:2rem 0 0;padding:1rem 0;border-block:1px solid var(--grid)}
nav ol{margin:0;padding:0;list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:.2rem 2rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
figure{margin:1.75rem 0 2.25rem}
.art{overflow-x:auto}
.art>svg{display:block;max-width:100%;height:auto;margin:0 auto}
figcaption{max-width:42rem;margin:.75rem auto 0}
figcaption p{margin:0 0 .35rem}
figcaption b{color:var(--ink);font-weight:600}
.download{white-space:nowrap}
.download+.lab::before{content:"\\00b7";margin:0 .3em 0 0}
.table{overflow-x:auto;margin:1.5rem 0 2rem}
table{border-collapse:collapse;margin:0 auto;font-size:.875rem;line-height:1.45;font-variant-numeric:tabular-nums}
.claims table{width:100%}
caption{text-align:left;padding-bottom:.5rem}
th,td{padding:.5rem .9rem .5rem 0;text-align:left;vertical-align:baseline;border-bottom:1px solid var(--grid)}
th:last-child,td:last-child{padding-right:0}
thead th{font-weight:600;color:var(--muted);border-bottom-color:var(--line);white-space:nowrap}
tbody th{font-weight:400}
tbody th code{white-space:nowrap}
.number{white-space:nowrap}
td:first-child:not(.number){min-width:7.5rem}
.result{white-space:nowrap;font-weight:600}
.failed .result{color:var(--fail)}
.failed>*{background:var(--blank)}
.failed>:first-child{box-shadow:inset 3px 0 var(--fail);padding-left:.75rem}
.verdict{font-weight:600}
.claims tr:target>*{background:var(--blank)}
.claims tr{scroll-margin-top:2rem}
.slips{padding-left:1.4rem}
.slips li{margin:0 0 .9rem}
.slips p{margin:.15rem 0 0}
footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--grid)}
summary{cursor:pointer}
@media screen and (min-width:46.01rem){
.claims td:nth-child(2){min-width:20rem}
.claims td:nth-child(3),.claims td:nth-child(4){white-space:nowrap}
.claims td:nth-child(5){color:var(--muted);min-width:9rem}
}
@media screen and (max-width:46rem){
.art>svg{max-width:max(100%,38rem)}
.table{overflow-x:visible}
table,tbody,tr,th,td,caption{display:block}
thead{display:none}
tbody tr{padding:.75rem 0;border-bottom:1px solid var(--line)}
tbody th,tbody td,tbody td:last-child{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.75rem;padding:.15rem .5rem;border:0;white-space:normal}
tbody th::before,tbody td::before{content:attr(data-column);color:var(--muted);font-weight:400}
tbody td[data-column=""]{display:block;font-weight:600}
tbody td:empty{display:none}
tbody th code{white-space:normal}
.number::before{white-space:normal}
}
@media screen and (max-width:30rem){
.scrolls figcaption::before{content:"Scroll the figure sideways to see all of it. "}
}
@media print{
html{font-size:10.5pt}
body{display:block;padding:0}
main,main>section{display:block}
main>.wide,main>section>.wide{width:auto}
nav,.download,.lab{display:none}
h2,h3,caption{break-after:avoid}
figure,tr{break-inside:avoid}
.art{overflow:visible}
p{orphans:3;widows:3}
thead{display:table-header-group}
.table{overflow:visible}
a{color:inherit;text-decoration:none}
}
@page{margin:18mm 16mm}`;
}
