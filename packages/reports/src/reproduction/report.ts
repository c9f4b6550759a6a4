import { version } from '@polysem/core/version';
import { paperSections, type Claim } from '@polysem/runs/reproduce';
import { reportPage, type ReportFigure } from '../page/page.ts';
import { bySection, expectedText, measuredText } from './claim-text.ts';
import type { ReportPart } from './section.ts';
import { slipsSection } from './slips.ts';

/** A reproduction whose report is written. */
export interface Reproduction {
  /** In the order of the report. */
  readonly parts: readonly ReportPart[];
  readonly seed: number;
  /** Settings of the run, for the provenance. */
  readonly configuration: unknown;
  /** Address of the lab, relative to the page; null for a report without links. */
  readonly lab: string | null;
}

/**
 * All figures of some parts.
 *
 * @param parts the parts.
 * @returns the figures in the order of the report.
 *
 * @example
 * ```js
 * import { figure2Part, figuresOf } from 'polysem/reports';
 * figuresOf([figure2Part()]).map(({ name }) => name); // ['figure2']
 * ```
 */
export function figuresOf(parts: readonly ReportPart[]): readonly ReportFigure[] {
  return parts.flatMap(({ sections }) => sections.flatMap(({ figures = [] }) => figures));
}

/**
 * Renders the report of a reproduction: what was found, figures, claims by section of the paper, slips of the paper, tables.
 *
 * @param reproduction parts and settings.
 * @returns the HTML document.
 *
 * @example
 * ```js
 * import { figure2Part, reproductionPage } from 'polysem/reports';
 * const page = reproductionPage({ parts: [figure2Part()], seed: 0, configuration: {}, lab: null });
 * page.includes('id="claim-figure2-price"'); // true
 * ```
 */
export function reproductionPage({ parts, seed, configuration, lab }: Reproduction): string {
  const claims = parts.flatMap((part) => part.claims);
  const tables = parts.flatMap((part) => part.tables);
  // Findings with figures come first.
  const inOrder = parts.toSorted(
    (a, b) => Number(b.sections.length > 0) - Number(a.sections.length > 0),
  );
  return reportPage({
    title: 'Polysemanticity and capacity: the theory against training',
    intro: [opening(claims), ...inOrder.map(({ found }) => found)],
    ...(lab !== null && { note: LAB_WORDS }),
    sections: parts.flatMap(({ sections }) => sections),
    claims: claimGroups(claims),
    aboutClaims: aboutClaims(claims, parts),
    appendix: [
      slipsSection(claims),
      ...(tables.length === 0
        ? []
        : [{ id: 'tables', heading: 'Tables', tables, paragraphs: [TABLE_WORDS] }]),
    ],
    provenance: { polysem: version, seed, configuration },
    ...(lab !== null && { lab }),
  });
}

const LAB_WORDS =
  'Every number on this page was computed by the run that wrote it. "Open in the lab" under a figure opens the same diagram or network in lab.html beside this page, where it is trained while you watch and can be changed. The lab trains networks by Adam from its own initial weights: vectors may be rotated, and where there are several optima it may find another one.';

const TABLE_WORDS =
  'The numbers behind the figures. results.json beside this page has all of them.';

function opening(claims: readonly Claim[]): string {
  const failed = claims.filter(({ pass }) => !pass);
  const verdict =
    failed.length === 0
      ? `All ${claims.length} statements that we tested hold.`
      : `Of ${claims.length} statements that we tested, ${claims.length - failed.length} hold and ${failed.length} ${failed.length === 1 ? 'does' : 'do'} not (${failed.map(({ id }) => id).join(', ')}).`;
  return `How do networks share their dimensions among more features than they have room for? This report recomputes the paper that gave the question a number, capacity: Scherlis, Sachan, Jermyn, Benton and Shlegeris, Polysemanticity and Capacity in Neural Networks (arXiv:2210.01892v4), and compares its theory with networks trained from random weights. The capacity of a feature is the part of a dimension that it has to itself: 0 if it is ignored, 1 if it has a dimension of its own, in between if it shares. ${verdict}`;
}

function aboutClaims(claims: readonly Claim[], parts: readonly ReportPart[]): string {
  const ours = claims.filter(({ origin }) => origin === 'polysem').length;
  const unjudged = parts.flatMap((part) => part.unjudged ?? []);
  const left =
    unjudged.length === 0 ? '' : ` Not judged at the size of this run: ${unjudged.join('; ')}.`;
  return `Each line is one statement with the number that this run measured. ${claims.length - ours} are the paper's; ${ours} marked "ours" are checks, extensions and corrections that the paper does not have. claims.json beside this page has all of them at full precision.${left}`;
}

function claimGroups(claims: readonly Claim[]) {
  return bySection(claims, Object.values(paperSections)).map((group) => ({
    heading: group.section,
    claims: group.claims.map((one) => ({
      id: one.id,
      // Web pages have the true minus sign; files and terminals have the hyphen.
      claim: one.claim.replaceAll(/(?<=\de)-(?=\d)/g, '\u2212'),
      source: one.origin === 'polysem' ? `${one.source} (ours)` : one.source,
      expected: expectedText(one),
      measured: measuredText(one),
      pass: one.pass,
    })),
  }));
}
