/** A node of a parsed document: an element, or text without a name. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  readonly text: string;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const NAME = '[A-Za-z_][\\w:.-]*';
const ATTRIBUTE = new RegExp(`\\s+(${NAME})="([^"<]*)"`, 'y');

function decoded(raw: string): string {
  return raw.replaceAll(/&([^;&\s]*;?)/g, (whole, body: string) => {
    const value = body.endsWith(';') ? ENTITIES[body.slice(0, -1)] : undefined;
    if (value === undefined) throw new SyntaxError(`xml: entity ${whole}`);
    return value;
  });
}

/**
 * Parses the part of XML that this package writes (no comments, CDATA, prolog or undeclared
 * namespaces). Throws a SyntaxError if the text is not well-formed.
 */
export function parseXml(source: string): Node {
  const bad = FORBIDDEN.exec(source);
  if (bad) throw new SyntaxError(`xml: character ${bad[0].codePointAt(0)?.toString(16)}`);
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open: Node[] = [root];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < source.length) {
    const parent = open[open.length - 1];
    const text = take(/[^<]+/y);
    if (text) {
      if (text[0].includes(']]>')) throw new SyntaxError('xml: ]]> in text');
      parent.children.push({ name: '', attributes: {}, children: [], text: decoded(text[0]) });
      continue;
    }
    const close = take(new RegExp(`</(${NAME})>`, 'y'));
    if (close) {
      if (open.length < 2 || close[1] !== parent.name) {
        throw new SyntaxError(`xml: </${close[1]}> closes <${parent.name}>`);
      }
      open.pop();
      continue;
    }
    const start = take(new RegExp(`<(${NAME})`, 'y'));
    if (!start) throw new SyntaxError(`xml: ${source.slice(at, at + 30)}`);
    const attributes: Record<string, string> = {};
    for (let a = take(ATTRIBUTE); a; a = take(ATTRIBUTE)) {
      if (a[1] in attributes) throw new SyntaxError(`xml: attribute ${a[1]} twice`);
      attributes[a[1]] = decoded(a[2]);
    }
    const end = take(/\s*(\/?)>/y);
    if (!end) throw new SyntaxError(`xml: in <${start[1]}>: ${source.slice(at, at + 30)}`);
    const node: Node = { name: start[1], attributes, children: [], text: '' };
    parent.children.push(node);
    if (end[1] === '') open.push(node);
  }
  if (open.length > 1) throw new SyntaxError(`xml: <${open[open.length - 1].name}> stays open`);
  if (root.children.length !== 1 || root.children[0].name === '') {
    throw new SyntaxError('xml: a document has one root element');
  }
  return root.children[0];
}

/** All elements of a name, in document order. */
export function elements(node: Node, name: string): Node[] {
  return [
    ...(node.name === name ? [node] : []),
    ...node.children.flatMap((child) => elements(child, name)),
  ];
}

/** The text inside a node, joined. */
export function textOf(node: Node): string {
  return node.text + node.children.map(textOf).join('');
}

/** Texts of the <text> elements of a document. */
export function labels(svg: string): string[] {
  return elements(parseXml(svg), 'text').map(textOf);
}
