import { element, text, type Markup } from '../svg/svg.ts';

/** The origin of a figure: everything needed to draw it again. */
export interface Provenance {
  /** The version of polysem that computed the numbers. */
  readonly polysem: string;
  readonly seed?: number | string | null;
  /** Everything else that decides the result; must be JSON. */
  readonly configuration: unknown;
}

/**
 * The provenance of a figure as an SVG `<metadata>` element that holds JSON.
 *
 * @throws TypeError if the configuration is not JSON (a cycle, a BigInt).
 */
export function provenanceMetadata(provenance: Provenance): Markup {
  const { polysem, seed = null, configuration = null } = provenance;
  // JSON escapes control characters and lone surrogates; XML forbids these two as well.
  const json = JSON.stringify({ polysem, seed, configuration }).replaceAll(
    /[\uFFFE\uFFFF]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16)}`,
  );
  return element('metadata', {}, text(json));
}

/**
 * Reads the provenance back from a figure of this package.
 *
 * @param svg the SVG document
 * @returns its provenance; seed and configuration are null if they were not given
 * @throws RangeError if the document holds no provenance.
 * @example
 * ```js
 * import { capacityBarsFigure, provenanceOf } from 'polysem/figures';
 * const provenance = { polysem: '0.1.0', seed: 7, configuration: { dims: 1 } };
 * const svg = capacityBarsFigure({ capacities: [0.5, 0.5] }, { provenance });
 * provenanceOf(svg); // { polysem: '0.1.0', seed: 7, configuration: { dims: 1 } }
 * ```
 */
export function provenanceOf(svg: string): Provenance {
  const found = /<metadata>([^<]*)<\/metadata>/.exec(svg);
  if (found === null) throw new RangeError('provenanceOf: the document has no <metadata> element');
  const json = found[1]
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  return JSON.parse(json) as Provenance;
}

/**
 * The provenance in one short line.
 *
 * @param provenance version and seed
 * @returns such as 'polysem 0.1.0 · seed 7'
 * @example
 * ```js
 * import { provenanceLine } from 'polysem/figures';
 * provenanceLine({ polysem: '0.1.0', seed: 7, configuration: null }); // 'polysem 0.1.0 · seed 7'
 * ```
 */
export function provenanceLine(provenance: Provenance): string {
  const { polysem, seed = null } = provenance;
  return `polysem ${polysem}${seed === null ? '' : ` · seed ${seed}`}`;
}
