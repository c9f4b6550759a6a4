import { provenanceLine, type Provenance } from '@polysem/figures';
import { escapeText } from '@polysem/figures/svg';
import { claimsSummary, claimsTable, type ClaimGroup } from './claims.ts';
import { reportCss } from './css.ts';
import { downloadHtml, tableHtml, type ReportTable } from './html.ts';
import { inlineSvg } from './inline.ts';

/** A link that opens the lab in a given state. */
export interface LabLink {
  /** A few words on the state that it opens, for figures with several links. */
  readonly label: string;
  /** The part of the lab's address after `#`. */
  readonly link: string;
}

/** A figure of a report. */
export interface ReportFigure {
  /** An SVG document. */
  readonly svg: string;
  /** Plain text below the figure. Figures are not numbered, because numbers in reports refer to figures of the paper. */
  readonly caption: string;
  /** A sentence on what the figure does not show, under the caption. */
  readonly limits?: string;
  /** File name of the download, without extension. Default: 'figure-1', 'figure-2', .. */
  readonly name?: string;
  /** Links that open the figure, or parts of it, in the lab. Shown if the report has the address of a lab. */
  readonly lab?: readonly LabLink[];
  /** The reason why the lab cannot show it, or what it shows instead. Shown if the report has the address of a lab. */
  readonly labNote?: string;
}

/** A section of a report: paragraphs, then html, figures and tables. */
export interface ReportSection {
  /** Target of links: letters, digits and hyphens, starting with a letter. */
  readonly id: string;
  readonly heading: string;
  /** Short heading for the table of contents. Default: the heading. */
  readonly short?: string;
  /** Plain text. */
  readonly paragraphs?: readonly string[];
  /** Trusted markup, inserted unchanged. */
  readonly html?: string;
  readonly figures?: readonly ReportFigure[];
  readonly tables?: readonly ReportTable[];
}

/** A paragraph that begins with a few words in bold. */
export interface LedParagraph {
  readonly lead: string;
  readonly text: string;
}

/** Contents of a report. */
export interface Report {
  readonly title: string;
  /** Plain text, one entry per paragraph. */
  readonly intro: string | readonly (string | LedParagraph)[];
  /** Plain text in small print, under the introduction. */
  readonly note?: string;
  readonly sections: readonly ReportSection[];
  /** Claims, shown as one table per group after the sections. */
  readonly claims?: readonly ClaimGroup[];
  /** Plain text above the tables of claims. */
  readonly aboutClaims?: string;
  /** Sections after the claims. */
  readonly appendix?: readonly ReportSection[];
  readonly provenance: Provenance;
  /** Results, offered for download as JSON. */
  readonly results?: unknown;
  /** Address of the lab, relative to the page: `lab.html`. Default: figures have no links to a lab. */
  readonly lab?: string;
}

// Blocks all requests and scripts, whatever the given html and figures contain.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/**
 * Renders a report as one self-contained HTML page: it embeds styles, figures and downloads, and makes no requests.
 *
 * @param report contents of the page.
 * @returns the HTML document.
 * @throws RangeError if the id of a section is malformed or used twice, or a table has a row of the wrong length.
 *
 * @example
 * ```js
 * import { reportPage } from 'polysem/reports';
 * const sections = [{ id: 'one', heading: 'One', paragraphs: ['Text.'] }];
 * const provenance = { polysem: '0.1.0', configuration: {} };
 * const page = reportPage({ title: 'A report', intro: 'About it.', sections, provenance });
 * page.includes('<h2>One</h2>'); // true
 * ```
 */
export function reportPage(report: Report): string {
  const { title, intro, sections, claims = [], appendix = [], provenance, results, lab } = report;
  checkIds([...sections, ...appendix]);
  const paragraphs = typeof intro === 'string' ? [intro] : intro;
  const links = [
    ...sections.map(contentsEntry),
    ...(claims.length > 0 ? [['claims', 'Claims']] : []),
    ...appendix.map(contentsEntry),
  ];
  let figures = 0;
  const draw = (section: ReportSection): string => {
    const from = figures + 1;
    figures += section.figures?.length ?? 0;
    return sectionHtml(section, from, lab);
  };
  const body = [
    ...sections.map(draw),
    ...(claims.length > 0 ? [claimsHtml(claims, report.aboutClaims)] : []),
    ...appendix.map(draw),
  ];
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
${report.note === undefined ? '' : `<p class="meta">${escapeText(report.note)}</p>`}
<p class="meta">${escapeText(provenanceLine(provenance))}</p>
${json}
</header>
<nav aria-label="Contents"><ol>
${links.map(([id, name]) => `<li><a href="#${id}">${escapeText(name)}</a></li>`).join('\n')}
</ol></nav>
<main>
${body.join('\n')}
</main>
<footer><details><summary>How this report was made</summary>
<pre>${escapeText(JSON.stringify(provenance, null, 2))}</pre>
</details></footer>
</body>
</html>
`;
}

function contentsEntry({ id, heading, short = heading }: ReportSection): [string, string] {
  return [id, short];
}

function checkIds(sections: readonly ReportSection[]): void {
  const used = new Set(['claims']);
  for (const { id } of sections) {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(id)) {
      throw new RangeError(
        `report: the section id '${id}' must start with a letter and consist of letters, digits and hyphens`,
      );
    }
    if (used.has(id)) throw new RangeError(`report: two sections have the id '${id}'`);
    used.add(id);
  }
}

function claimsHtml(groups: readonly ClaimGroup[], about?: string): string {
  const tables = groups.map(
    ({ heading, claims }) =>
      `<h3 class="wide">${escapeText(heading)}</h3>\n<div class="wide">${claimsTable(claims)}</div>`,
  );
  return `<section id="claims">
<h2>Claims</h2>
<p class="verdict">${claimsSummary(groups.flatMap(({ claims }) => claims))}</p>
${about === undefined ? '' : paragraphHtml(about)}
${tables.join('\n')}
</section>`;
}

function sectionHtml(section: ReportSection, firstFigure: number, lab?: string): string {
  const { id, heading, paragraphs = [], html = '', figures = [], tables = [] } = section;
  return `<section id="${id}">
<h2>${escapeText(heading)}</h2>
${paragraphs.map(paragraphHtml).join('\n')}
${html === '' ? '' : `<div>${html}</div>`}
${figures.map((figure, i) => figureHtml(figure, firstFigure + i, lab)).join('\n')}
${tables.map((table) => `<div class="wide">${tableHtml(table)}</div>`).join('\n')}
</section>`;
}

/** Width in pixels from which a figure is wider than a phone. */
const WIDER_THAN_PHONE = 480;

function figureHtml(
  { svg, caption, name, ...figure }: ReportFigure,
  number: number,
  lab?: string,
): string {
  const file = `${name ?? `figure-${number}`}.svg`;
  const links = lab === undefined ? '' : labHtml(lab, figure);
  const limits =
    figure.limits === undefined ? '' : `<p><b>Not shown:</b> ${escapeText(figure.limits)}</p>`;
  const width = Number(/^<svg[^>]*? width="(\d+)"/.exec(svg)?.[1] ?? 0);
  return `<figure class="wide${width > WIDER_THAN_PHONE ? ' scrolls' : ''}">
<div class="art">${inlineSvg(svg, `f${number}_`)}</div>
<figcaption>${paragraphHtml(caption)}${limits}<p>${downloadHtml(svg, 'image/svg+xml', file, 'Download SVG')}${links}</p></figcaption>
</figure>`;
}

/** Links into the lab at the end of a caption, and what to know about them. */
function labHtml(
  lab: string,
  { lab: links = [], labNote }: Pick<ReportFigure, 'lab' | 'labNote'>,
): string {
  const note = labNote === undefined ? '' : escapeText(labNote);
  const anchor = ({ link }: LabLink, text: string, name = ''): string =>
    `<a href="${escapeText(`${lab}#${link}`)}"${name}>${escapeText(text)}</a>`;
  if (links.length === 0) return note === '' ? '' : labSpan(note);
  const after = note === '' ? '' : ` (${note})`;
  if (links.length === 1) return labSpan(`${anchor(links[0], 'Open in the lab')}${after}`);
  const list = links.map((one) =>
    anchor(one, one.label, ` aria-label="${escapeText(`${one.label}, in the lab`)}"`),
  );
  return labSpan(`Open in the lab: ${list.join(', ')}${after}`);
}

function labSpan(html: string): string {
  return ` <span class="lab">${html}</span>`;
}

function paragraphHtml(content: string | LedParagraph): string {
  if (typeof content === 'string') return `<p>${escapeText(content)}</p>`;
  return `<p><b>${escapeText(content.lead)}</b> ${escapeText(content.text)}</p>`;
}
