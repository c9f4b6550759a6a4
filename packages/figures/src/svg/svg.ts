import { finite } from '@polysem/numerics/checks';
declare const checked: unique symbol;

/**
 * Well-formed XML. Only this file makes it, so the compiler refuses a plain string where markup is
 * expected, and no text reaches a document unescaped.
 */
export type Markup = string & { readonly [checked]: true };

export type Attributes = Readonly<Record<string, string | number | undefined>>;
export type Children = readonly (Markup | readonly Markup[])[];

/** A point in pixels or in the units of the axes. */
export type Point = readonly [x: number, y: number];

// Characters that XML 1.0 cannot hold even escaped: most control characters, lone surrogates, U+FFFE, U+FFFF.
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes text for use between tags and inside quoted attributes, in XML and in HTML.
 *
 * @param content any text; characters that XML cannot hold are left out
 * @returns the escaped text
 * @example
 * ```js
 * import { escapeText } from 'polysem/figures/svg';
 * escapeText('a < b & c'); // 'a &lt; b &amp; c'
 * ```
 */
export function escapeText(content: string): string {
  return content.replaceAll(NOT_XML, '').replaceAll(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** A text node. */
export function text(content: string): Markup {
  return escapeText(content) as Markup;
}

/**
 * Writes an element with its attributes and children.
 *
 * @param name of the element
 * @param attributes undefined ones are left out; numbers are rounded to hundredths, which keeps files small
 * @param children markup inside the element
 * @returns markup
 * @throws RangeError if a numeric attribute is not finite.
 * @example
 * ```js
 * import { element } from 'polysem/figures/svg';
 * element('circle', { r: 1.2345, class: undefined }); // '<circle r="1.23"/>'
 * ```
 */
export function element(name: string, attributes: Attributes, ...children: Children): Markup {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    open += ` ${key}="${typeof value === 'number' ? decimal(value) : escapeText(value)}"`;
  }
  const content = children.flat().join('');
  return (content === '' ? `${open}/>` : `${open}>${content}</${name}>`) as Markup;
}

/**
 * Joins pieces of markup without an element around them.
 *
 * @param children pieces or lists of pieces
 * @returns markup
 * @example
 * ```js
 * import { element, fragment } from 'polysem/figures/svg';
 * fragment(element('g', {}), [element('path', {})]); // '<g/><path/>'
 * ```
 */
export function fragment(...children: Children): Markup {
  return children.flat().join('') as Markup;
}

/** A `<title>`, which viewers show as a tooltip; nothing for an undefined text. */
export function tooltip(about: string | undefined): Markup {
  return about === undefined ? fragment() : element('title', {}, text(about));
}

/**
 * A number of pixels as SVG writes it, rounded to hundredths.
 *
 * @throws RangeError if it is not finite.
 */
export function decimal(value: number): string {
  finite('svg: coordinate', value);
  return String(Math.round(value * 100) / 100 || 0);
}

/** The path data of a line through points; a point that is not finite interrupts the line. */
export function polyline(points: Iterable<Point>): string {
  let path = '';
  let down = false;
  for (const [x, y] of points) {
    const isFinite = Number.isFinite(x) && Number.isFinite(y);
    if (isFinite) path += `${down ? 'L' : 'M'}${decimal(x)} ${decimal(y)}`;
    down = isFinite;
  }
  return path;
}
