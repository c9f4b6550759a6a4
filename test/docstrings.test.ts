import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { root, sourceFiles } from './example-blocks.ts';

interface PublicFunction {
  readonly name: string;
  /** File and line of the declaration. */
  readonly place: string;
  readonly node: ts.SignatureDeclaration;
  /** Node with the docstring. */
  readonly documented: ts.Node;
}

/** All functions that an index of a package or of a folder exports, each once. */
function publicFunctions(indexes: readonly string[]): PublicFunction[] {
  const program = ts.createProgram(
    indexes.map((file) => join(root, file)),
    {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      customConditions: ['polysem-source'],
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      noLib: true,
    },
  );
  const checker = program.getTypeChecker();
  const found = new Map<ts.Node, PublicFunction>();
  for (const file of indexes) {
    const source = program.getSourceFile(join(root, file));
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) continue;
    for (const symbol of checker.getExportsOfModule(module)) {
      const resolved =
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const declarations = resolved.declarations ?? [];
      // An overloaded function has one docstring, on its first signature, for the parameters of all.
      const overloads = declarations.filter(ts.isFunctionDeclaration);
      const signature =
        overloads.length > 1
          ? { node: overloads[overloads.length - 1], documented: overloads[0] }
          : signatureOf(declarations[0]);
      if (signature === null) continue;
      const place = placeOf(declarations[0]);
      found.set(declarations[0], { name: symbol.name, place, ...signature });
    }
  }
  return [...found.values()];
}

function signatureOf(
  declaration: ts.Declaration | undefined,
): Pick<PublicFunction, 'node' | 'documented'> | null {
  if (declaration === undefined) return null;
  if (ts.isFunctionDeclaration(declaration)) return { node: declaration, documented: declaration };
  if (!ts.isVariableDeclaration(declaration)) return null;
  const { initializer } = declaration;
  return initializer !== undefined && ts.isArrowFunction(initializer)
    ? { node: initializer, documented: declaration.parent.parent }
    : null;
}

function placeOf(node: ts.Node): string {
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${relative(root, source.fileName).replaceAll('\\', '/')}:${line + 1}`;
}

/** Stands in for `@example` where one would train for minutes or need a large file; the reason is part of the tag. */
const NO_EXAMPLE = /^No example: \S/;

/** Missing parts of the docstring of a function. */
function missingParts({ node, documented }: Pick<PublicFunction, 'node' | 'documented'>): string[] {
  const docs = ts.getJSDocCommentsAndTags(documented).filter(ts.isJSDoc);
  if (docs.length === 0) return ['docstring'];
  const tags = docs.flatMap((doc) => doc.tags ?? []);
  const has = (name: string): boolean => tags.some((tag) => tag.tagName.text === name);
  const params = tags.filter(ts.isJSDocParameterTag);
  const missing = node.parameters.flatMap((parameter, at) =>
    ts.isIdentifier(parameter.name)
      ? params.some((tag) => tag.name.getText() === parameter.name.getText())
        ? []
        : [`@param ${parameter.name.getText()}`]
      : params.length > at
        ? []
        : [`@param for parameter ${at + 1}`],
  );
  const type = node.type?.getText() ?? '';
  const isVoid = /^(void|never|Promise<void>)$/.test(type) || type.startsWith('asserts ');
  if (!isVoid && !has('returns')) missing.push('@returns');
  if (
    'body' in node &&
    /throw new RangeError/.test((node.body as ts.Node | undefined)?.getText() ?? '')
  ) {
    if (!has('throws')) missing.push('@throws');
  }
  const isExcused = tags.some(
    (tag) =>
      tag.tagName.text === 'remarks' &&
      NO_EXAMPLE.test(ts.getTextOfJSDocComment(tag.comment) ?? ''),
  );
  if (!has('example') && !isExcused) missing.push('@example');
  return missing;
}

describe('docstrings', () => {
  it('of all public functions are complete', () => {
    const indexes = sourceFiles().filter((file) => basename(file) === 'index.ts');
    const functions = publicFunctions(indexes);
    expect(functions.length).toBeGreaterThan(100);
    const incomplete = functions.flatMap((found) => {
      const missing = missingParts(found);
      return missing.length === 0 ? [] : [`${found.place} ${found.name}: ${missing.join(', ')}`];
    });
    expect(incomplete).toEqual([]);
  });

  it('import from polysem what it exports, since they are published with it', () => {
    const texts = sourceFiles().map(
      (file) => [file, readFileSync(join(root, file), 'utf8')] as const,
    );
    const published = new Set(
      texts
        .filter(([file]) => file.startsWith('packages/polysem/'))
        .flatMap(([, text]) =>
          Array.from(text.matchAll(/^export \* from '([^']+)'/gm), ([, t]) => t),
        ),
    );
    expect(published.size).toBeGreaterThan(30);
    const wrong = texts.flatMap(([file, text]) =>
      Array.from(text.matchAll(/^ +\* .* from '(@polysem\/[^']+)'/gm))
        .filter(([, target]) => published.has(target))
        .map(([line]) => `${file}: ${line.trim()}`),
    );
    expect(wrong).toEqual([]);
  });

  it('are checked for every required part', () => {
    const parse = (text: string): string[] => {
      const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
      const node = source.statements[0] as ts.FunctionDeclaration;
      return missingParts({ node, documented: node });
    };
    expect(parse('function f(): void {}')).toEqual(['docstring']);
    expect(
      parse("/** Adds. */ function f(a: number, { b }: B): number { throw new RangeError('a'); }"),
    ).toEqual(['@param a', '@param for parameter 2', '@returns', '@throws', '@example']);
    expect(
      parse(
        '/** Adds.\n * @param a one\n * @returns a\n * @example x */ function f(a: number): number { return a; }',
      ),
    ).toEqual([]);
    const remark = (text: string): string[] =>
      parse(`/** Adds.\n * @remarks ${text} */ function f(): void {}`);
    expect(remark('No example: it trains for minutes.')).toEqual([]);
    expect(remark('No example:')).toEqual(['@example']);
    expect(remark('Slow.')).toEqual(['@example']);
  });
});
