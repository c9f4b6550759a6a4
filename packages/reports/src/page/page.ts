import { provenanceLine, type Provenance, escapeText } from '@polysem/figures';
import { claimsSummary, claimsTable, type Claim } from './claims.ts';
import { reportCss } from './css.ts';
import { downloadHtml, tableHtml, type ReportTable } from './html.ts';
import { inlineSvg } from './inline.ts';

export interface ReportFigure {
  /** An SVG document, such as one of this package's figures. */
  readonly svg: string;
  /** Plain text, shown below the figure. Not numbered: reports speak of a paper's figures by their numbers. */
  readonly caption: string;
  /** The file name offered for download, without ending. Default 'figure-1' and so on. */
  readonly name?: string;
}

/** A section shows its paragraphs, then its html, its figures and its tables. */
export interface ReportSection {
  /** Letters, digits and hyphens, beginning with a letter; the target of links. */
  readonly id: string;
  readonly heading: string;
  /** What the contents call it, where the heading is long; the heading if absent. */
  readonly short?: string;
  /** Plain text. */
  readonly paragraphs?: readonly string[];
  /** Trusted markup, put into the page as it is. */
  readonly html?: string;
  readonly figures?: readonly ReportFigure[];
  readonly tables?: readonly ReportTable[];
}

export interface Report {
  readonly title: string;
  /** Plain text, a paragraph each. */
  readonly intro: string | readonly string[];
  readonly sections: readonly ReportSection[];
  /** What was checked, shown as a table before the sections. */
  readonly claims: readonly Claim[];
  readonly provenance: Provenance;
  /** JSON offered for download. */
  readonly results?: unknown;
}

// Nothing may be fetched and nothing may run, whatever the html and the figures given contain.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * A whole report as one HTML page that opens from a file and requests nothing: style, figures and
 * downloads are inside of it.
 *
 * @throws RangeError if an id is malformed or used twice.
 */
export function reportPage(report: Report): string {
  const { title, intro, sections, claims, provenance, results } = report;
  checkIds(sections);
  const paragraphs = typeof intro === 'string' ? [intro] : intro;
  const links = sections.map(({ id, heading, short = heading }) => [id, short]);
  if (claims.length > 0) links.unshift(['claims', 'Claims']);
  let figures = 0;
  const body = sections.map((section) => {
    const from = figures + 1;
    figures += section.figures?.length ?? 0;
    return sectionHtml(section, from);
  });
  const json =
    results === undefined
      ? ''
      : `<p class="meta">${downloadHtml(JSON.stringify(results, null, 1), 'application/json', 'results.json', 'Download the results (JSON)')}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="polysem ${escapeText(provenance.polysem)}">
<title>${escapeText(title)}</title>
<style>
${reportCss()}
</style>
</head>
<body>
<header>
<h1>${escapeText(title)}</h1>
<div class="intro">${paragraphs.map(paragraphHtml).join('\n')}</div>
<p class="meta">${escapeText(provenanceLine(provenance))}</p>
${json}
</header>
<nav aria-label="Contents"><ol>
${links.map(([id, name]) => `<li><a href="#${id}">${escapeText(name)}</a></li>`).join('\n')}
</ol></nav>
<main>
${claims.length > 0 ? claimsHtml(claims) : ''}
${body.join('\n')}
</main>
<footer><details><summary>How this report was made</summary>
<pre>${escapeText(JSON.stringify(provenance, null, 2))}</pre>
</details></footer>
</body>
</html>
`;
}

function checkIds(sections: readonly ReportSection[]): void {
  const used = new Set(['claims']);
  for (const { id } of sections) {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(id)) {
      throw new RangeError(`report: '${id}' is no id of letters, digits and hyphens`);
    }
    if (used.has(id)) throw new RangeError(`report: two sections have the id '${id}'`);
    used.add(id);
  }
}

function claimsHtml(claims: readonly Claim[]): string {
  return `<section id="claims">
<h2>Claims</h2>
<p class="verdict">${claimsSummary(claims)}</p>
<div class="wide">${claimsTable(claims)}</div>
</section>`;
}

function sectionHtml(section: ReportSection, firstFigure: number): string {
  const { id, heading, paragraphs = [], html = '', figures = [], tables = [] } = section;
  return `<section id="${id}">
<h2>${escapeText(heading)}</h2>
${paragraphs.map(paragraphHtml).join('\n')}
${html === '' ? '' : `<div>${html}</div>`}
${figures.map((figure, i) => figureHtml(figure, firstFigure + i)).join('\n')}
${tables.map((table) => `<div class="wide">${tableHtml(table)}</div>`).join('\n')}
</section>`;
}

function figureHtml({ svg, caption, name }: ReportFigure, number: number): string {
  const file = `${name ?? `figure-${number}`}.svg`;
  return `<figure class="wide">
<div class="art">${inlineSvg(svg, `f${number}_`)}</div>
<figcaption>${escapeText(caption)} ${downloadHtml(svg, 'image/svg+xml', file, 'Download SVG')}</figcaption>
</figure>`;
}

function paragraphHtml(content: string): string {
  return `<p>${escapeText(content)}</p>`;
}
