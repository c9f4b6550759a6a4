import { decimal, element, text, type Markup } from './svg.ts';

// Advance widths in em. Measuring a font needs a browser, so these are the widths of a wide font
// (DejaVu Sans): a narrower font only leaves a little more room.
const NARROW = new Set(" !'|ijlIJ.,:;`");
const SLIM = new Set('frt()[]{}/\\-"*');
const WIDE = new Set('mwMW@%=+<>~#&_');

/** Estimates the width in pixels of a text of font size `size`; an overestimate for most fonts. */
export function textWidth(content: string, size: number, bold: boolean = false): number {
  let em = 0;
  for (const c of content) em += advance(c);
  return em * size * (bold ? 1.1 : 1);
}

function advance(c: string): number {
  if (NARROW.has(c)) return 0.33;
  if (SLIM.has(c)) return 0.44;
  if (WIDE.has(c)) return 0.94;
  const code = c.codePointAt(0) ?? 0;
  if (code >= 0x1100 && !(code >= 0x2000 && code < 0x2e80)) return 1.2;
  if (code >= 0x2190 && code < 0x2e80) return 0.9;
  return c >= 'A' && c <= 'Z' ? 0.74 : 0.64;
}

export interface WrapOptions {
  readonly bold?: boolean;
  /** Maximum number of lines; an ellipsis replaces the rest. Default: no maximum. */
  readonly maxLines?: number;
}

/** Breaks a text into lines of at most `width` pixels, between words, or inside a word that is longer than a line. */
export function wrapText(
  content: string,
  width: number,
  size: number,
  options: WrapOptions = {},
): string[] {
  const { bold = false, maxLines = Infinity } = options;
  const fits = (line: string): boolean => textWidth(line, size, bold) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of content.split(/\s+/u).filter((w) => w !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const c of word) {
      if (line !== '' && !fits(line + c)) {
        lines.push(line);
        line = '';
      }
      line += c;
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= maxLines) return lines;
  const kept = lines.slice(0, maxLines);
  kept[maxLines - 1] = ellipsis(`${kept[maxLines - 1]} ${lines[maxLines]}`, width, size, bold);
  return kept;
}

/** The text itself if it fits into `width` pixels, otherwise its beginning and an ellipsis. */
export function ellipsis(content: string, width: number, size: number, bold = false): string {
  if (textWidth(content, size, bold) <= width) return content;
  const characters = [...content];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, bold) > width) {
    characters.pop();
  }
  return `${characters.join('').trimEnd()}…`;
}

/** Style of a line of text. */
export interface TextStyle {
  /** Font size in pixels. Default 11. */
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** A class of the style sheet (theme.ts), '' for none. Default 'ps-ink'. */
  readonly role?: string;
  readonly bold?: boolean;
  /** Degrees about (x, y), clockwise. */
  readonly rotate?: number;
}

/**
 * Writes one line of text at a pixel.
 *
 * @param x start, middle or end of the line, by its anchor
 * @param y baseline
 * @param content the text
 * @param style its look
 * @returns markup
 * @example
 * ```js
 * import { textLine } from 'polysem/figures/svg';
 * textLine(0, 9, 'a < b', { role: '' }); // '<text x="0" y="9" font-size="11">a &lt; b</text>'
 * ```
 */
export function textLine(x: number, y: number, content: string, style: TextStyle = {}): Markup {
  const { size = 11, anchor = 'start', role = 'ps-ink', bold = false, rotate } = style;
  const turned = rotate !== undefined;
  return element(
    'text',
    {
      x: turned ? undefined : x,
      y: turned ? undefined : y,
      transform: turned ? `translate(${decimal(x)} ${decimal(y)}) rotate(${rotate})` : undefined,
      'font-size': size,
      'text-anchor': anchor === 'start' ? undefined : anchor,
      'font-weight': bold ? 600 : undefined,
      class: role === '' ? undefined : role,
    },
    text(content),
  );
}
