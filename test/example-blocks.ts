import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** An `@example` of a docstring. */
export interface Example {
  /** File and line of the first line of code, as `packages/core/src/theory/quadratic.ts:12`. */
  readonly place: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
  /** Fault of the block itself, if any. */
  readonly fault: string | null;
}

/** Source files of all packages, relative to the root. */
export function sourceFiles(): string[] {
  const under = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      .toSorted();
  return readdirSync(join(root, 'packages'))
    .toSorted()
    .flatMap((name) => under(join(root, 'packages', name, 'src')));
}

/** All examples in the docstrings of one file. */
export function examplesOf(file: string, text = readFileSync(join(root, file), 'utf8')): Example[] {
  if (!text.includes('@example')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const seen = new Set<number>();
  const examples: Example[] = [];
  const visit = (node: ts.Node): void => {
    for (const doc of ts.getJSDocCommentsAndTags(node)) {
      if (!ts.isJSDoc(doc) || seen.has(doc.pos)) continue;
      seen.add(doc.pos);
      const first = source.getLineAndCharacterOfPosition(doc.pos).line + 1;
      examples.push(...examplesInComment(file, first, text.slice(doc.pos, doc.end)));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return examples;
}

function examplesInComment(file: string, first: number, comment: string): Example[] {
  const lines = comment
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\/?\*+ ?/, ''));
  const examples: Example[] = [];
  lines.forEach((line, at) => {
    if (!/^@example\b/.test(line)) return;
    const next = lines.findIndex((other, i) => i > at && /^@\w/.test(other));
    const body = lines.slice(at + 1, next < 0 ? undefined : next);
    const begin = body.findIndex((other) => other.startsWith('```'));
    const end = body.findIndex((other, i) => i > begin && other.startsWith('```'));
    const start = first + at + 1 + (begin < 0 ? 0 : begin + 1);
    const fault =
      begin < 0 || end < 0
        ? 'has no ```js block'
        : body[begin].trim() === '```js'
          ? null
          : `begins its block with ${body[begin].trim()}, not with \`\`\`js`;
    const code = fault === null ? body.slice(begin + 1, end).join('\n') : '';
    examples.push({ place: `${file}:${start}`, file, line: start, code, fault });
  });
  return examples;
}

/** Fenced code block of a page. */
export interface Block {
  readonly language: string;
  readonly code: string;
  /** First line of the code, from 1. */
  readonly line: number;
}

/** Fenced code blocks of a page in Markdown, in its order. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm), (match) => ({
    language: match[1],
    code: match[2],
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** Value stated by a trailing comment of an example. */
export interface Statement {
  /** Line in the source file. */
  readonly line: number;
  /** Text of the comment, without slashes. */
  readonly expected: string;
}

/** Example as a module that reports the values of its statements, with the expected values. */
export interface Program {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly faults: readonly string[];
}

/**
 * Turns an example into a module. An expression statement with a trailing comment becomes a call of `report`, which the
 * runner provides. Everything else is unchanged.
 */
export function programOf({ file, line, code, fault }: Example): Program {
  const source = ts.createSourceFile('example.mjs', code, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number =>
    line + source.getLineAndCharacterOfPosition(position).line;
  const faults = fault === null ? [] : [`${file}:${line} ${fault}`];
  const statements: Statement[] = [];
  let text = '';
  let copied = 0;
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const from = (statement.moduleSpecifier as ts.StringLiteral).text;
      if (!/^(@polysem\/|polysem(\/|$)|node:)/.test(from)) {
        faults.push(`${file}:${lineOf(statement.getStart())} imports ${from}, not a package`);
      }
    }
    const comment = ts.getTrailingCommentRanges(code, statement.end)?.[0];
    if (comment === undefined) continue;
    const expected = code.slice(comment.pos, comment.end).replace(/^\/\/\s*/, '');
    const at = lineOf(statement.getStart());
    if (!ts.isExpressionStatement(statement)) {
      if (parseLiteral(expected) !== null) {
        faults.push(`${file}:${at} states ${expected} of a declaration; write an expression`);
      }
      continue;
    }
    if (parseLiteral(expected) === null && !/^throws \w+$/.test(expected)) {
      faults.push(`${file}:${at} states "${expected}", which is neither a literal nor "throws .."`);
      continue;
    }
    const expression = statement.expression;
    text +=
      code.slice(copied, statement.getStart()) +
      `await report(${statements.length}, async () => (${expression.getText()}));`;
    copied = statement.end;
    statements.push({ line: at, expected });
  }
  text += code.slice(copied);
  return { text, statements, faults };
}

/** Value as the runner sends it: numbers as text, so that Infinity and NaN survive JSON. */
export type Sent =
  | { readonly number: string }
  | { readonly value: string | boolean | null }
  | { readonly list: readonly Sent[] }
  | { readonly object: Readonly<Record<string, Sent>> }
  | { readonly other: string };

/** Expression in a comment, if it is a literal. */
export function parseLiteral(text: string): ts.Expression | null {
  const source = ts.createSourceFile('v.js', `(${text})`, ts.ScriptTarget.Latest, true);
  const [statement] = source.statements;
  const errors = (source as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics;
  if (errors.length > 0 || source.statements.length !== 1 || !ts.isExpressionStatement(statement)) {
    return null;
  }
  const { expression } = statement;
  return ts.isParenthesizedExpression(expression) && isLiteral(expression.expression)
    ? expression.expression
    : null;
}

function isLiteral(node: ts.Expression): boolean {
  if (isNumber(node) || ts.isStringLiteralLike(node)) return true;
  if (ts.isIdentifier(node)) return node.text === 'undefined';
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isLiteral);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.every(
      (property) => ts.isPropertyAssignment(property) && isLiteral(property.initializer),
    );
  }
  return [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword].some(
    (kind) => node.kind === kind,
  );
}

function isNumber(node: ts.Expression): boolean {
  return (
    ts.isNumericLiteral(node) ||
    (ts.isIdentifier(node) && ['Infinity', 'NaN'].includes(node.text)) ||
    (ts.isPrefixUnaryExpression(node) &&
      node.operator === ts.SyntaxKind.MinusToken &&
      isNumber(node.operand as ts.Expression))
  );
}

/** True if a value matches a literal: numbers to the digits shown, everything else exactly. */
export function agrees(node: ts.Expression, sent: Sent): boolean {
  if (isNumber(node)) return 'number' in sent && numbersAgree(node.getText(), sent.number);
  if (ts.isArrayLiteralExpression(node)) {
    return (
      'list' in sent &&
      sent.list.length === node.elements.length &&
      node.elements.every((element, i) => agrees(element, sent.list[i]))
    );
  }
  if (ts.isObjectLiteralExpression(node)) {
    if (!('object' in sent)) return false;
    const properties = node.properties as ts.NodeArray<ts.PropertyAssignment>;
    const nameOf = ({ name }: ts.PropertyAssignment): string =>
      ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
        ? name.text
        : name.getText();
    return (
      properties.length === Object.keys(sent.object).length &&
      properties.every((property) => {
        const found = sent.object[nameOf(property)];
        return found !== undefined && agrees(property.initializer, found);
      })
    );
  }
  if (ts.isStringLiteralLike(node)) return 'value' in sent && sent.value === node.text;
  if (ts.isIdentifier(node)) return 'other' in sent && sent.other === node.text;
  return 'value' in sent && String(sent.value) === node.getText();
}

/** True if rounding the value to the digits of the text gives the text; a whole number must be exact. */
function numbersAgree(text: string, sent: string): boolean {
  const expected = Number(text.replaceAll(/[\s_]/g, ''));
  const value = Number(sent);
  if (!Number.isFinite(expected)) return Object.is(value, expected);
  const [, decimals = '', exponent = '0'] =
    /^-?\s*[\d_]+(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  if (decimals === '' && exponent === '0') return value === expected;
  const unit = 10 ** (Number(exponent) - decimals.length);
  return Math.abs(value - expected) <= 0.5 * unit * (1 + 1e-6);
}
