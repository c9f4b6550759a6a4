import { element, text, type Markup } from './svg.ts';

/** Where a figure comes from: enough to make it again. */
export interface Provenance {
  /** The version of polysem that made the numbers. */
  readonly polysem: string;
  readonly seed?: number | string | null;
  /** Everything else that decides the result, as JSON. */
  readonly configuration: unknown;
}

/**
 * A figure's provenance as an SVG `<metadata>` element holding JSON.
 *
 * @throws TypeError if the configuration is not JSON (a cycle, a BigInt).
 */
export function provenanceMetadata(provenance: Provenance): Markup {
  const { polysem, seed = null, configuration = null } = provenance;
  // JSON escapes control characters and lone surrogates itself; these two also are no XML.
  const json = JSON.stringify({ polysem, seed, configuration }).replaceAll(
    /[\uFFFE\uFFFF]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16)}`,
  );
  return element('metadata', {}, text(json));
}

/**
 * Reads the provenance back from a figure made by this package; seed and configuration are null
 * where none was given.
 *
 * @throws RangeError if the text holds no such metadata.
 */
export function provenanceOf(svg: string): Provenance {
  const found = /<metadata>([^<]*)<\/metadata>/.exec(svg);
  if (found === null) throw new RangeError('provenanceOf: no <metadata> in this text');
  const json = found[1]
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
  return JSON.parse(json) as Provenance;
}

/** The provenance in one short line, such as 'polysem 0.1.0 · seed 7'. */
export function provenanceLine(provenance: Provenance): string {
  const { polysem, seed = null } = provenance;
  return `polysem ${polysem}${seed === null ? '' : ` · seed ${seed}`}`;
}
