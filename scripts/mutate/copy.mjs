// A built copy of the repository, in which mutants are tried. The checkout itself is never changed.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Copies all files that git tracks or would add, links the dependencies, and builds. */
export function builtCopy(root) {
  const copy = mkdtempSync(join(tmpdir(), 'polysem-mutants-'));
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  for (const file of listed.split('\0').filter((path) => path !== '')) {
    if (lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile() !== true) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  linkDependencies(root, copy);
  copyBuilt(root, copy);
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/@typescript/native/bin/tsc'), '--build'],
    {
      cwd: copy,
      stdio: 'inherit',
    },
  );
  linkProgram(copy);
  return copy;
}

/** Lets the tests of the command run its separate modules, because the mutants are not in a bundle. */
function linkProgram(copy) {
  const folder = join(copy, '.cache/program/bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'polysem.js'), `import '../../../packages/polysem/bin/polysem.js';\n`);
}

function linkDependencies(root, copy) {
  mkdirSync(join(copy, 'node_modules/@polysem'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === '@polysem' || name.startsWith('.')) continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(root, 'node_modules/@polysem'))) {
    const link = join('node_modules/@polysem', name);
    symlinkSync(readlinkSync(join(root, link)), join(copy, link));
  }
}

/** Copies what is built already, which saves most of the time of the build. */
function copyBuilt(root, copy) {
  for (const name of readdirSync(join(copy, 'packages'))) {
    for (const part of ['dist', 'tsconfig.tsbuildinfo']) {
      const from = join(root, 'packages', name, part);
      if (existsSync(from)) cpSync(from, join(copy, 'packages', name, part), { recursive: true });
    }
  }
}

/** Copies a built copy for a further process. */
export function furtherCopy(copy, number) {
  const further = `${copy}-${number}`;
  cpSync(copy, further, { recursive: true, verbatimSymlinks: true });
  return further;
}

/** Removes a copy. Tests that were killed may still write for a moment. */
export function removeCopy(copy) {
  rmSync(copy, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/** Writes a source file and its built file. Returns a function that restores both. */
export function replaceSource(copy, file, text) {
  const source = join(copy, file);
  const built = join(copy, file.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
  const before = [source, built].map((path) => [path, readFileSync(path)]);
  writeFileSync(source, text);
  writeFileSync(built, transpiled(copy, file, text));
  return () => before.forEach(([path, bytes]) => writeFileSync(path, bytes));
}

function transpiled(copy, file, text) {
  const { config } = ts.readConfigFile(join(copy, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, copy);
  const compilerOptions = { ...options, sourceMap: false, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(text, { fileName: join(copy, file), compilerOptions }).outputText;
}
