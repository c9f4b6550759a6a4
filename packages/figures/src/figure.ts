import { provenanceLine, provenanceMetadata, type Provenance } from './provenance.ts';
import { element, fragment, text, type Markup } from './svg.ts';
import { label, wrapText } from './text.ts';
import { styleSheet, type Theme } from './theme.ts';
import type { Box } from './layout.ts';

/** What every figure takes beside its data. */
export interface FigureOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** Pixels. Each figure has its own default. */
  readonly width?: number;
  /** Pixels; a long title makes the figure higher instead of taking the plot's room. */
  readonly height?: number;
  /** Default 'auto', which follows the reader's system. */
  readonly theme?: Theme;
  /** Written into the file as metadata. */
  readonly provenance: Provenance;
  /** Whether a small line shows version and seed. Default true. */
  readonly footer?: boolean;
}

export interface FigureBody {
  /** Says what the picture is, to those who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** Draws into the room between title and footer. */
  readonly draw: (box: Box) => Markup;
}

const MARGIN = 16;
const FONT =
  'system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, Noto Sans, DejaVu Sans, sans-serif';

/**
 * Puts a drawing into an SVG document with title, subtitle, footer, style sheet and metadata.
 * The document holds no ids and refers to nothing outside of itself.
 *
 * @throws RangeError if the size is not finite, or less than 200 x 120 pixels.
 */
export function figureDocument(options: FigureOptions, body: FigureBody): string {
  const { theme = 'auto', footer = true, title = '', subtitle = '' } = options;
  const width = options.width ?? body.width;
  const inner = width - 2 * MARGIN;
  const titleLines = wrapText(title, inner, 16, { bold: true });
  const subtitleLines = wrapText(subtitle, inner, 12);
  // The default height is for one line of title and one of subtitle.
  const unused = (titleLines.length === 0 ? 20 : 0) + (subtitleLines.length === 0 ? 19 : 0);
  const wanted = options.height ?? body.height - unused;
  if (!(width >= 200 && wanted >= 120 && width < 1e5 && wanted < 1e5)) {
    throw new RangeError(`figure: ${width} x ${wanted} pixels is no usable size`);
  }

  let y = MARGIN - 4;
  const head: Markup[] = [];
  for (const line of titleLines) {
    y += 20;
    head.push(label(MARGIN, y - 4, line, { size: 16, bold: true }));
  }
  if (titleLines.length > 0 && subtitleLines.length > 0) y += 3;
  for (const line of subtitleLines) {
    y += 16;
    head.push(label(MARGIN, y - 4, line, { size: 12, role: 'ps-muted' }));
  }
  if (head.length > 0) y += 8;

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
    fragment(...head),
    body.draw(box),
    foot.map((line) =>
      label(width - MARGIN, height - 8, line, { size: 9, anchor: 'end', role: 'ps-muted' }),
    ),
  );
}
