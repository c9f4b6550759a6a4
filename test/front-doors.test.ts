import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules' || name === 'dist') return [];
    if (statSync(join(root, path)).isDirectory()) return files(path, ending);
    return ending.test(name) ? [path] : [];
  });
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(
    path,
    readFileSync(join(root, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
}

/** Names that an index.ts exports: values and types. */
function exported(path: string): { values: string[]; types: string[] } {
  const values: string[] = [];
  const types: string[] = [];
  for (const statement of parse(path).statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) continue;
    if (!ts.isNamedExports(statement.exportClause)) continue;
    for (const element of statement.exportClause.elements)
      (statement.isTypeOnly || element.isTypeOnly ? types : values).push(element.name.text);
  }
  return { values, types };
}

/** Names that a file imports from the packages, as `@polysem/core/theory name`. */
function imported(path: string): string[] {
  return parse(path).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const target = statement.moduleSpecifier;
    if (target === undefined || !ts.isStringLiteral(target)) return [];
    if (!target.text.startsWith('@polysem/')) return [];
    const bindings = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : statement.exportClause;
    if (bindings === undefined || !('elements' in bindings)) return [];
    return bindings.elements.map(
      (element) => `${target.text} ${(element.propertyName ?? element.name).text}`,
    );
  });
}

const indexes = files('packages', /^index\.ts$/).filter((path) => path.includes('/src/'));
const pathOf = (path: string): string => {
  const [, name, , ...folders] = relative('.', path).split('/');
  return ['@polysem', name, ...folders.slice(0, -1)].join('/');
};
const users = [
  ...files('packages', /\.ts$/),
  ...files('apps', /\.ts$/),
  ...files('bench', /\.mjs$/),
  ...files('scripts', /\.mjs$/),
  ...files('test', /\.ts$/),
];
const used = new Set(users.flatMap(imported));

/** Index files that may export values unused in this repository, with the reason. */
const FOR_LIBRARY_USERS: Readonly<Record<string, string>> = {
  '@polysem/io/bytes': 'pages read files of a browser and the web through these sources',
  '@polysem/io/formats': 'programs open a format by name and list the registry',
  '@polysem/io/tables': 'programs read and write tables',
  '@polysem/io/node': 'programs read files and folders in Node',
  '@polysem/runs/store': 'programs keep the results of long runs',
  '@polysem/runs/sweep': 'programs plan sweeps and compute their cells',
  '@polysem/figures/marks': 'programs compose figures of their own',
  '@polysem/figures/plot': 'programs compose figures of their own',
  '@polysem/figures/svg': 'programs compose figures of their own',
  '@polysem/figures/theme': 'programs compose figures of their own',
};

describe('index files', () => {
  it.each(['core', 'polysem'])('export at most 46 names from %s', (name) => {
    const { values, types } = exported(`packages/${name}/src/index.ts`);
    expect(values.length + types.length).toBeLessThanOrEqual(46);
  });

  it('of folders export only values that another package, a benchmark, a script or a test uses', () => {
    const idle = indexes
      .filter((path) => pathOf(path).split('/').length > 2)
      .filter((path) => FOR_LIBRARY_USERS[pathOf(path)] === undefined)
      .flatMap((path) =>
        exported(path)
          .values.map((name) => `${pathOf(path)} ${name}`)
          .filter((name) => !used.has(name)),
      );
    expect(idle).toEqual([]);
  });

  it('export every name that benchmarks and scripts import', () => {
    const exportsByPath = new Map(
      indexes.map((path) => {
        const { values, types } = exported(path);
        return [pathOf(path), new Set([...values, ...types])];
      }),
    );
    const missing = [...files('bench', /\.mjs$/), ...files('scripts', /\.mjs$/)].flatMap((path) =>
      imported(path)
        .filter((name) => {
          const [from, value] = name.split(' ');
          return exportsByPath.has(from) && exportsByPath.get(from)?.has(value) !== true;
        })
        .map((name) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
