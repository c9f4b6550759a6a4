// Tests that reach a source file, nearest first. Imports are followed by name through index files, because an index reaches
// everything.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { sourceFiles } from './choose.mjs';

/**
 * Reads the imports of all sources and tests.
 *
 * @param {string} root folder of the repository.
 * @returns {(file: string) => { test: string, distance: number }[]} tests that reach a source file.
 */
export function testsByDistance(root) {
  const files = [...sourceFiles(root), ...testFiles(root)];
  const modules = new Map(files.map((file) => [file, moduleOf(root, file)]));
  const users = new Map();
  for (const [file, { imports }] of modules) {
    for (const { from, names } of imports) {
      const targets =
        names === null ? origins(modules, from) : names.map((name) => origin(modules, from, name));
      for (const target of targets) users.set(target, (users.get(target) ?? new Set()).add(file));
    }
  }
  return (file) => ordered(root, file, distances(users, file));
}

function testFiles(root) {
  const folders = ['test', ...readdirSync(join(root, 'packages')).map((p) => `packages/${p}/test`)];
  return folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true })
          .filter((path) => path.endsWith('.ts'))
          .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      : [],
  );
}

/** Imports and names exported from other files. */
function moduleOf(root, file) {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const imports = [];
  const passedOn = [];
  const add = (specifier, names) => {
    const from = resolved(root, file, specifier);
    if (from !== null) imports.push({ from, names });
  };
  for (const node of source.statements) {
    if (ts.isImportDeclaration(node)) {
      const bound = node.importClause?.namedBindings;
      if (node.importClause?.isTypeOnly === true) continue;
      const named = bound !== undefined && ts.isNamedImports(bound) ? bound.elements : null;
      const names = named?.filter((e) => !e.isTypeOnly).map((e) => (e.propertyName ?? e.name).text);
      add(node.moduleSpecifier.text, names ?? null);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      const from = resolved(root, file, node.moduleSpecifier.text);
      const clause = node.exportClause;
      const names = clause !== undefined && ts.isNamedExports(clause) ? clause.elements : null;
      const pairs = names?.map((e) => [e.name.text, (e.propertyName ?? e.name).text]);
      if (from !== null)
        passedOn.push({ from, names: pairs === undefined ? null : new Map(pairs) });
    }
  }
  // Workers, programs that are started, and modules imported later.
  for (const [, path] of text.matchAll(/(?:new URL|import)\(\s*['"](\.[^'"]+)['"]/g))
    add(path, null);
  return { imports, passedOn };
}

/** Path of an imported file of this repository, or null. */
function resolved(root, file, specifier) {
  if (specifier.startsWith('@polysem/')) {
    const [, name, ...path] = specifier.split('/');
    const folder = `packages/${name}/src/${path.join('/')}`.replace(/\/$/, '');
    return [`${folder}/index.ts`, `${folder}.ts`].find((p) => existsSync(join(root, p))) ?? null;
  }
  if (!specifier.startsWith('.')) return null;
  const path = join(dirname(file), specifier).replaceAll('\\', '/');
  // Tests start the command by its built program.
  if (path.endsWith('bin/polysem.js')) return 'packages/cli/src/main.ts';
  const source = path.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
  return existsSync(join(root, source)) && source.endsWith('.ts') ? source : null;
}

/** The file that defines a name that `file` exports. */
function origin(modules, file, name) {
  for (const { from, names } of modules.get(file)?.passedOn ?? []) {
    if (names?.has(name)) return origin(modules, from, names.get(name));
    if (names === null && exportsName(modules, from, name)) return origin(modules, from, name);
  }
  return file;
}

/** A file and all files whose names it exports. */
function origins(modules, file) {
  const further = modules.get(file)?.passedOn ?? [];
  return [file, ...further.flatMap(({ from }) => origins(modules, from))];
}

function exportsName(modules, file, name) {
  return origin(modules, file, name) !== file || modules.get(file)?.passedOn.length === 0;
}

function distances(users, file) {
  const found = new Map([[file, 0]]);
  for (const [at, distance] of found) {
    for (const user of users.get(at) ?? []) if (!found.has(user)) found.set(user, distance + 1);
  }
  return found;
}

/**
 * Tests that reach a file, the likeliest to notice a change first. A short way of imports counts, and more so a test of the
 * same package that is named after the file or its folder, or that uses one of its exports.
 */
function ordered(root, file, found) {
  const [, name, , ...path] = file.replace(/\.ts$/, '').split('/');
  const words = path.flatMap((part) => part.split('-')).map((word) => word.replace(/s$/, ''));
  const source = readFileSync(join(root, file), 'utf8');
  const exported = [...source.matchAll(/^export (?:async )?(?:function\*?|const) (\w+)/gm)];
  const rank = (test, distance) => {
    const text = readFileSync(join(root, test), 'utf8');
    const named = words.filter((word) => word.length > 2 && basename(test).includes(word)).length;
    const used = exported.filter(([, identifier]) => text.includes(identifier)).length;
    return distance + (test.startsWith(`packages/${name}/`) ? 0 : 3) - 3 * named - 2 * used;
  };
  return [...found]
    .filter(([user]) => user.endsWith('.test.ts') && !user.endsWith('.browser.test.ts'))
    .map(([test, distance]) => ({ test, distance, rank: rank(test, distance) }))
    .toSorted((a, b) => a.rank - b.rank || a.distance - b.distance)
    .map(({ test, distance }) => ({ test, distance }));
}
