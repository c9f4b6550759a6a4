import ts from 'typescript';

/** Limits beyond which a function needs a comment that says why. */
export const MOST_LINES = 60;
export const MOST_PARAMETERS = 5;

/** Nested functions shorter than this count as lines of the function around them. */
const LEAST_NESTED = 3;

/** Reasons that excuse a function, in a comment above it or at the start of its body. */
const LONG = /\bLong because(?:\s+\S+){5}/;
const MANY = /\bMany parameters because(?:\s+\S+){5}/;

/**
 * Finds the functions that are too long or have too many parameters, and do not say why.
 *
 * A named function nested in another one counts by itself and not for the function around it, so that a function that
 * defines short functions and returns them is judged by its own statements. A callback without a name counts for the
 * function around it, since it is read in its place; its parameters are given by the function that calls it.
 *
 * @param file name of the file, for messages.
 * @param text TypeScript or JavaScript.
 * @returns one message per function and limit, with file, line, name and size.
 */
export function oversized(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const linesOf = (node: ts.Node): number => lineOf(node.end) - lineOf(node.getStart()) + 1;
  const found: string[] = [];

  const ownLines = (node: ts.FunctionLikeDeclaration): number => {
    let lines = linesOf(node);
    const subtract = (child: ts.Node): void => {
      if (isNamed(child) && linesOf(child) >= LEAST_NESTED) lines -= linesOf(child);
      else ts.forEachChild(child, subtract);
    };
    if (node.body !== undefined) ts.forEachChild(node.body, subtract);
    return lines;
  };

  const check = (node: ts.Node): void => {
    if (isNamed(node)) {
      const place = `${file}:${lineOf(node.getStart()) + 1}: ${nameOf(node)}`;
      const comments = commentsOf(node, text);
      const lines = ownLines(node);
      if (lines > MOST_LINES && !LONG.test(comments)) {
        found.push(
          `${place} has ${lines} lines; split it, or write above it "// Long because .." with the reason`,
        );
      }
      const parameters = parametersOf(node);
      if (parameters > MOST_PARAMETERS && !MANY.test(comments)) {
        found.push(
          `${place} has ${parameters} parameters; group them, or write above it "// Many parameters because .." with the reason`,
        );
      }
    }
    ts.forEachChild(node, check);
  };
  check(source);
  return found;
}

type Parent = ts.VariableDeclaration | ts.PropertyAssignment | ts.PropertyDeclaration;

function parentOf(node: ts.Node): Parent | null {
  const { parent } = node;
  return ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent)
    ? parent
    : null;
}

/** Functions with a body and a name: declared, methods, or the value of a variable or property. */
function isNamed(node: ts.Node): node is ts.FunctionLikeDeclaration {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return false;
  return ts.isConstructorDeclaration(node) || node.name !== undefined || parentOf(node) !== null;
}

function nameOf(node: ts.FunctionLikeDeclaration): string {
  return (node.name ?? parentOf(node)?.name)?.getText() ?? 'constructor';
}

/** Number of parameters; a rest parameter that is taken apart counts by its parts. */
function parametersOf({ parameters }: ts.FunctionLikeDeclaration): number {
  return parameters.reduce((sum, { dotDotDotToken, name }) => {
    const isTuple = dotDotDotToken !== undefined && ts.isArrayBindingPattern(name);
    return sum + (isTuple ? name.elements.length : 1);
  }, 0);
}

/** The comments above a function and at the start of its body, without comment marks and line ends. */
function commentsOf(node: ts.FunctionLikeDeclaration, text: string): string {
  let outer: ts.Node = parentOf(node) ?? node;
  while (ts.isVariableDeclarationList(outer.parent) || ts.isVariableStatement(outer.parent))
    outer = outer.parent;
  const starts = [outer.getFullStart()];
  if (node.body !== undefined) starts.push(node.body.getStart() + 1);
  return starts
    .flatMap((start) => ts.getLeadingCommentRanges(text, start) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .join('\n')
    .replaceAll(/^\s*(?:\/\*\*?|\*\/|\*|\/\/)/gm, ' ');
}
