import { provenanceLine, provenanceMetadata, type Provenance } from './provenance.ts';
import { element, fragment, text, type Markup } from '../svg/svg.ts';
import { textLine, wrapText } from '../svg/text.ts';
import { styleSheet, type Theme } from '../theme/theme.ts';
import type { Box } from './box.ts';

/** Options of every figure. */
export interface FigureOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Width in pixels. Each figure has its own default. */
  readonly width?: number;
  /** Height in pixels; each line of title beyond the first adds to it. Each figure has its own default. */
  readonly height?: number;
  /** Default 'auto', which follows the reader's system. */
  readonly theme?: Theme;
  /** Stored in the file as metadata. */
  readonly provenance: Provenance;
  /** Show version and seed in a small line at the bottom. Default true. */
  readonly footer?: boolean;
}

/** The part of a figure between its title and its footer. */
export interface FigureBody {
  /** Describes the picture for screen readers. */
  readonly description: string;
  /** Default width in pixels. */
  readonly width: number;
  /** Default height in pixels, at a width. */
  readonly height: number | ((width: number) => number);
  /** Draws into the box between title and footer. */
  readonly draw: (box: Box) => Markup;
}

const MARGIN = 16;
const FONT =
  'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, Noto Sans, DejaVu Sans, sans-serif';

/**
 * Wraps a drawing into an SVG document with title, subtitle, footer, style sheet and metadata. The
 * document has no ids and refers to nothing outside itself.
 *
 * @param body default size, description, and the function that draws
 * @param options title, size, theme and provenance
 * @returns the SVG document
 * @throws RangeError if the size is not finite, or less than 200 x 120 pixels.
 * @example
 * ```js
 * import { frame } from 'polysem/figures/marks';
 * import { figureDocument, unitPlot } from 'polysem/figures/plot';
 * const body = {
 *   description: 'A frame', width: 300, height: 200, draw: (box) => frame()(unitPlot(box)),
 * };
 * const provenance = { polysem: '0.1.0', seed: null, configuration: null };
 * figureDocument(body, { title: 'Frame', provenance }).startsWith('<svg'); // true
 * ```
 */
export function figureDocument(body: FigureBody, options: FigureOptions): string {
  const { theme = 'auto', footer = true, title = '', subtitle = '' } = options;
  const width = options.width ?? body.width;
  const inner = width - 2 * MARGIN;
  const titleLines = wrapText(title, inner, 16, { bold: true });
  const subtitleLines = wrapText(subtitle, inner, 12);
  // The default height has room for one line of title and one of subtitle.
  const unused = (titleLines.length === 0 ? 20 : 0) + (subtitleLines.length === 0 ? 19 : 0);
  const usual = typeof body.height === 'number' ? body.height : body.height(width);
  const wanted = options.height ?? usual - unused;
  if (!(width >= 200 && wanted >= 120 && width < 1e5 && wanted < 1e5)) {
    throw new RangeError(
      `figure: the size must be at least 200 x 120 pixels and below 100 000, got ${width} x ${wanted}`,
    );
  }
  const { markup: head, bottom: y } = heading(titleLines, subtitleLines);

  const foot = footer
    ? wrapText(provenanceLine(options.provenance), inner, 9, { maxLines: 1 })
    : [];
  const bottom = footer ? 22 : MARGIN - 4;
  const spare =
    Math.max(0, titleLines.length - 1) * 20 + Math.max(0, subtitleLines.length - 1) * 16;
  const height = wanted + spare;
  const box = { x: MARGIN, y, width: inner, height: height - y - bottom };

  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${Math.round(width)} ${Math.round(height)}`,
      width: Math.round(width),
      height: Math.round(height),
      class: `ps-${theme}`,
      role: 'img',
      'aria-label': [title, subtitle, body.description].filter((part) => part !== '').join('. '),
      'font-family': FONT,
      style: 'font-variant-numeric:tabular-nums',
    },
    provenanceMetadata(options.provenance),
    element('style', {}, text(styleSheet(theme))),
    element('rect', { class: 'ps-paper', width: '100%', height: '100%' }),
    head,
    body.draw(box),
    foot.map((line) =>
      textLine(width - MARGIN, height - 8, line, { size: 9, anchor: 'end', role: 'ps-muted' }),
    ),
  );
}

/** Title and subtitle, and the y at which the drawing below them begins. */
function heading(
  title: readonly string[],
  subtitle: readonly string[],
): { markup: Markup; bottom: number } {
  let y = MARGIN - 4;
  const lines: Markup[] = [];
  for (const line of title) {
    y += 20;
    lines.push(textLine(MARGIN, y - 4, line, { size: 16, bold: true }));
  }
  if (title.length > 0 && subtitle.length > 0) y += 3;
  for (const line of subtitle) {
    y += 16;
    lines.push(textLine(MARGIN, y - 4, line, { size: 12, role: 'ps-muted' }));
  }
  return { markup: fragment(...lines), bottom: lines.length > 0 ? y + 8 : y };
}
