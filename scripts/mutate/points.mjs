// Mutation points of a source file: small changes that a test should notice.
import ts from 'typescript';

const { SyntaxKind: Kind } = ts;

/** Replacements of binary operators: comparisons, boundaries, arithmetic, logic. */
const OPERATORS = new Map([
  [Kind.LessThanToken, ['<=', '>=']],
  [Kind.LessThanEqualsToken, ['<', '>']],
  [Kind.GreaterThanToken, ['>=', '<=']],
  [Kind.GreaterThanEqualsToken, ['>', '<']],
  [Kind.EqualsEqualsEqualsToken, ['!==']],
  [Kind.ExclamationEqualsEqualsToken, ['===']],
  [Kind.PlusToken, ['-']],
  [Kind.MinusToken, ['+']],
  [Kind.AsteriskToken, ['/']],
  [Kind.SlashToken, ['*']],
  [Kind.PercentToken, ['*']],
  [Kind.AsteriskAsteriskToken, ['*']],
  [Kind.PlusEqualsToken, ['-=', '=']],
  [Kind.MinusEqualsToken, ['+=']],
  [Kind.AsteriskEqualsToken, ['/=']],
  [Kind.SlashEqualsToken, ['*=']],
  [Kind.AmpersandAmpersandToken, ['||']],
  [Kind.BarBarToken, ['&&']],
  [Kind.QuestionQuestionToken, ['||', '&&']],
  [Kind.AmpersandToken, ['|']],
  [Kind.BarToken, ['&']],
  [Kind.LessThanLessThanToken, ['>>>']],
  [Kind.GreaterThanGreaterThanToken, ['<<']],
  [Kind.GreaterThanGreaterThanGreaterThanToken, ['<<']],
]);

/** Functions that are exchanged for their counterparts. */
const COUNTERPARTS = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['floor', 'ceil'],
  ['ceil', 'floor'],
  ['some', 'every'],
  ['every', 'some'],
]);

/** Constants that a function of a declared return type returns instead. */
const RETURNED = new Map([
  ['number', ['0', '1']],
  ['boolean', ['true', 'false']],
  ['string', ["''"]],
]);

/** Functions whose arguments have no order. */
const SYMMETRIC = /^Math\.(?:min|max|hypot)$/;

/** Properties whose text is only read by people. */
const PROSE = /^(?:help|description|summary|title|note|message|hint|label)$/;

/**
 * Finds all mutation points of a source file. Types, imports, error messages and help texts are left out.
 *
 * @param {string} file path, for the extension only.
 * @param {string} text source in TypeScript.
 * @returns {import('./points.mjs').Point[]}
 */
export function mutationPoints(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const points = [];
  const add = (kind, node, replacement) => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    const found = text.slice(start, node.end);
    if (found !== replacement)
      points.push({ kind, start, end: node.end, line, found, replacement });
  };
  const visit = (node) => {
    if (isLeftOut(node)) return;
    if (ts.isThrowStatement(node)) {
      if (!ts.isCaseOrDefaultClause(node.parent)) add('removed throw', node, '{}');
      return;
    }
    for (const { kind, at, replacement } of changes(node, source)) add(kind, at, replacement);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return points;
}

/** Source with one change. */
export function mutated(text, { start, end, replacement }) {
  return text.slice(0, start) + replacement + text.slice(end);
}

function isLeftOut(node) {
  return (
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    (ts.isPropertyAssignment(node) && PROSE.test(node.name.getText())) ||
    (ts.isCallExpression(node) && /Error$|^(?:note|warn)$/.test(node.expression.getText())) ||
    (ts.isNewExpression(node) && node.expression.getText().endsWith('Error'))
  );
}

function changes(node, source) {
  if (ts.isBinaryExpression(node)) return ofBinary(node, source);
  if (ts.isNumericLiteral(node)) return ofNumber(node);
  if (ts.isStringLiteral(node)) return ofString(node);
  if (ts.isCallExpression(node)) return ofCall(node, source);
  if (ts.isPrefixUnaryExpression(node)) return ofPrefix(node, source);
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) return ofCondition(node, source);
  if (ts.isExpressionStatement(node) && removable(node.expression))
    return [{ kind: 'removed statement', at: node, replacement: '{}' }];
  if (ts.isReturnStatement(node)) return ofReturn(node);
  if (node.kind === Kind.TrueKeyword || node.kind === Kind.FalseKeyword) {
    const replacement = node.kind === Kind.TrueKeyword ? 'false' : 'true';
    return [{ kind: 'constant', at: node, replacement }];
  }
  if (ts.isContinueStatement(node) || (ts.isBreakStatement(node) && !inSwitch(node)))
    return [{ kind: 'removed jump', at: node, replacement: '{}' }];
  return [];
}

function ofBinary({ operatorToken, left, right }, source) {
  const isText = [left, right].some((side) => /^['"`]/.test(side.getText(source)));
  if (operatorToken.kind === Kind.PlusToken && isText) return [];
  return (OPERATORS.get(operatorToken.kind) ?? []).map((replacement) => ({
    kind: 'operator',
    at: operatorToken,
    replacement,
  }));
}

function ofNumber(node) {
  const value = Number(node.text);
  const others = new Set([`${value + 1}`, `${2 * value}`, '0']);
  if (ts.isElementAccessExpression(node.parent)) others.delete(`${2 * value}`);
  return [...others]
    .filter((replacement) => Number(replacement) !== value && !/Infinity/.test(replacement))
    .map((replacement) => ({ kind: 'constant', at: node, replacement }));
}

/** Text with a space is prose; names of properties and modules are not values. */
function ofString(node) {
  const { parent } = node;
  const isModule =
    (ts.isCallExpression(parent) && parent.expression.kind === Kind.ImportKeyword) ||
    (ts.isNewExpression(parent) && parent.expression.getText() === 'URL');
  const isValue = !(isModule || (ts.isPropertyAssignment(parent) && parent.name === node));
  if (node.text === '' || /\s/.test(node.text) || !isValue) return [];
  return [{ kind: 'string', at: node, replacement: `'${node.text.replace(/['\\]/g, '')}~'` }];
}

function ofCall(node, source) {
  const { expression, arguments: given } = node;
  const out = [];
  const at = (nodes) => ({ getStart: () => nodes[0].getStart(source), end: nodes.at(-1).end });
  for (
    let i = SYMMETRIC.test(expression.getText(source)) ? given.length : 1;
    i < given.length;
    i++
  ) {
    const [a, b] = [given[i - 1], given[i]].map((argument) => argument.getText(source));
    if (isFunction(given[i - 1]) || isFunction(given[i])) continue;
    out.push({
      kind: 'swapped arguments',
      at: at([given[i - 1], given[i]]),
      replacement: `${b}, ${a}`,
    });
  }
  if (!ts.isPropertyAccessExpression(expression)) return out;
  const name = expression.name.text;
  const other = COUNTERPARTS.get(name);
  if (other !== undefined) out.push({ kind: 'function', at: expression.name, replacement: other });
  if (/^(?:slice|subarray)$/.test(name)) {
    for (const argument of given) {
      if (ts.isNumericLiteral(argument)) continue;
      out.push({
        kind: 'off by one',
        at: argument,
        replacement: `(${argument.getText(source)}) + 1`,
      });
    }
  }
  return out;
}

function ofPrefix(node, source) {
  if (node.operator !== Kind.MinusToken && node.operator !== Kind.ExclamationToken) return [];
  const replacement = node.operand.getText(source);
  return [{ kind: 'removed sign or negation', at: node, replacement }];
}

function ofCondition(node, source) {
  const condition = ts.isIfStatement(node) ? node.expression : node.condition;
  const out = [
    { kind: 'negated condition', at: condition, replacement: `!(${condition.getText(source)})` },
  ];
  if (ts.isIfStatement(node) && node.elseStatement === undefined)
    out.push({ kind: 'removed guard', at: condition, replacement: 'false' });
  return out;
}

function ofReturn(node) {
  const type = enclosing(node)?.type?.getText();
  const value = node.expression;
  if (value === undefined || ts.isNumericLiteral(value)) return [];
  return (RETURNED.get(type) ?? []).map((replacement) => ({
    kind: 'returned constant',
    at: value,
    replacement,
  }));
}

function enclosing(node) {
  let at = node.parent;
  while (at !== undefined && !ts.isFunctionLike(at)) at = at.parent;
  return at;
}

/** Calls and assignments, except of loop counters, whose removal would only hang. */
function removable(expression) {
  if (ts.isAwaitExpression(expression)) return removable(expression.expression);
  if (ts.isCallExpression(expression)) return true;
  return (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind >= Kind.FirstAssignment &&
    expression.operatorToken.kind <= Kind.LastAssignment
  );
}

function isFunction(node) {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isSpreadElement(node);
}

function inSwitch(node) {
  let at = node.parent;
  while (!ts.isIterationStatement(at, false)) {
    if (ts.isSwitchStatement(at)) return true;
    at = at.parent;
  }
  return false;
}
