declare const checked: unique symbol;

/**
 * Well-formed XML. Only this file makes it, so that a plain string cannot reach a document
 * unescaped: the compiler refuses it.
 */
export type Markup = string & { readonly [checked]: true };

export type Attributes = Readonly<Record<string, string | number | undefined>>;
export type Children = readonly (Markup | readonly Markup[])[];

// What XML 1.0 cannot hold even escaped: most control characters, lone surrogates, U+FFFE, U+FFFF.
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe between tags and inside quoted attributes, of XML and HTML alike. */
export function escapeText(content: string): string {
  return content.replaceAll(NOT_XML, '').replaceAll(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** A text node. */
export function text(content: string): Markup {
  return escapeText(content) as Markup;
}

/**
 * An element with its attributes and children; an undefined attribute is left out and a number is
 * rounded to hundredths, which keeps files small at no visible cost.
 *
 * @throws RangeError if a numeric attribute is not finite.
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

/** Several pieces of markup as one, without an element around them. */
export function fragment(...children: Children): Markup {
  return children.flat().join('') as Markup;
}

/**
 * A number of pixels, rounded to hundredths, as SVG writes it.
 *
 * @throws RangeError if it is not finite.
 */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`svg: ${value} is no coordinate`);
  return String(Math.round(value * 100) / 100 || 0);
}

/** The path data of a polyline; a point that is not finite lifts the pen. */
export function polyline(points: Iterable<readonly [number, number]>): string {
  let path = '';
  let down = false;
  for (const [x, y] of points) {
    const finite = Number.isFinite(x) && Number.isFinite(y);
    if (finite) path += `${down ? 'L' : 'M'}${decimal(x)} ${decimal(y)}`;
    down = finite;
  }
  return path;
}
