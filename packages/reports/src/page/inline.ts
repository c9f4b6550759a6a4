/**
 * An SVG document made fit to stand inside of an HTML page: no XML prolog, and every id (and what
 * refers to it) prefixed, so that two figures of one page cannot capture each other's parts.
 * References in attributes are rewritten, those inside of a style sheet are not.
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
