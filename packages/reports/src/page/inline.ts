/**
 * Prepares an SVG document for embedding in an HTML page: removes the XML prolog and adds a prefix to every id and every
 * reference to it, so that ids of different figures cannot clash. Rewrites references in attributes, not in style sheets.
 */
export function inlineSvg(svg: string, prefix: string): string {
  const bare = svg.replace(/^\s*(?:<\?xml[^>]*\?>\s*|<!DOCTYPE[^>]*>\s*|<!--[\s\S]*?-->\s*)*/, '');
  const ids = new Set<string>();
  for (const [tag] of bare.matchAll(TAG)) {
    for (const [, , name, , value] of tag.matchAll(ATTRIBUTE)) if (name === 'id') ids.add(value);
  }
  if (ids.size === 0) return bare;
  const renamed = (id: string): string => (ids.has(id) ? prefix + id : id);
  return bare.replaceAll(TAG, (tag) =>
    tag.replaceAll(
      ATTRIBUTE,
      (_, space: string, name: string, quote: string, value: string) =>
        `${space}${name}=${quote}${rewrite(name, value, renamed)}${quote}`,
    ),
  );
}

const TAG = /<[A-Za-z](?:[^<>"']|"[^"]*"|'[^']*')*>/g;
const ATTRIBUTE = /(\s)([\w:.-]+)\s*=\s*(["'])([\s\S]*?)\3/g;
const ID_LISTS = new Set(['aria-labelledby', 'aria-describedby', 'aria-details']);

function rewrite(name: string, value: string, renamed: (id: string) => string): string {
  if (name === 'id') return renamed(value);
  if (name === 'href' || name === 'xlink:href') {
    return value.startsWith('#') ? `#${renamed(value.slice(1))}` : value;
  }
  if (ID_LISTS.has(name)) return value.split(/\s+/).map(renamed).join(' ');
  return value.replaceAll(/url\(\s*#([^)\s]+)\s*\)/g, (_, id: string) => `url(#${renamed(id)})`);
}
