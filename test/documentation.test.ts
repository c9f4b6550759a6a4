import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fastestKernel } from '@polysem/engine/kernels';
import { blocksOf, root, type Block, type Example } from './example-blocks.ts';
import { exampleFolder, faultsOf } from './example-runs.ts';
import { missingModules, PYTHON } from './python.ts';
import { program } from './program.ts';

const pages = [
  'README.md',
  'CHANGELOG.md',
  'bench/README.md',
  'packages/polysem/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Links and pictures of a page, outside code. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  return Array.from(text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g), (match) => match[1]);
}

/** Commands of a block that readers type. */
const commandsOf = ({ code }: Block): string[] =>
  code.split('\n').filter((line) => line.startsWith('npx polysem'));

/** Output of a command in a folder; it must succeed. */
function output(command: string, folder: string): string {
  const words = command.split(' #')[0].trim().split(/\s+/).slice(2);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr: status === 0 ? '' : stderr }, command).toEqual({
    status: 0,
    stderr: '',
  });
  return stdout.trim();
}

const noPython = missingModules(['numpy']);

/** Lines that Python prints about examples that do not give the shown results; nothing if all do. */
function pythonFaults(blocks: readonly Block[], folder: string): string[] {
  if (blocks.length === 0 || noPython !== '') return [];
  writeFileSync(join(folder, 'page.txt'), blocks.map(({ code }) => code).join('\n'));
  const words = ['-m', 'doctest', '-o', 'NORMALIZE_WHITESPACE', 'page.txt'];
  const { PYTHONPATH = '' } = process.env;
  const { status, stdout, stderr } = spawnSync(PYTHON, words, {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PYTHONPATH: [join(root, 'python/src'), PYTHONPATH].join(delimiter),
      POLYSEM_NODE: process.execPath,
    },
  });
  return status === 0 ? [] : [stdout, stderr];
}

/** Runs the commands and programs of a page in its order, in one folder with the example files that the page links to. */
function runPage(page: string): { printed: string[]; faults: string[]; folder: string } {
  const folder = exampleFolder();
  const examples = linksOf(page).filter((link) => link.includes('public/examples/'));
  for (const link of examples)
    copyFileSync(join(root, dirname(page), link), join(folder, basename(link)));
  const printed: string[] = [];
  const faults: string[] = [];
  // Programs that follow each other run in one process.
  let programs: Example[] = [];
  const runPrograms = (): void => {
    if (programs.length > 0) faults.push(...faultsOf(programs, folder));
    programs = [];
  };
  for (const block of blocksOf(page)) {
    const { language, code, line } = block;
    const commands = language === 'sh' ? commandsOf(block) : [];
    if (commands.length > 0) runPrograms();
    printed.push(...commands.map((command) => output(command, folder)));
    if (language === 'js')
      programs.push({ place: `${page}:${line}`, file: page, line, code, fault: null });
  }
  runPrograms();
  const python = blocksOf(page).filter(({ language }) => language === 'pycon');
  faults.push(...pythonFaults(python, folder));
  return { printed, faults, folder };
}

const VERSION = /(?<=&quot;polysem&quot;:&quot;)[^&]*|(?<=>polysem )[\d.]+/g;

/** Text of a figure with the version of another: it changes at a release, and the picture does not. */
function withVersionOf(drawn: string, shown: string): string {
  const text = readFileSync(drawn, 'utf8');
  if (!existsSync(shown)) return text;
  const [version] = VERSION.exec(readFileSync(shown, 'utf8')) ?? [];
  VERSION.lastIndex = 0;
  return version === undefined ? text : text.replaceAll(VERSION, version);
}

/** The file of this name in a folder or its folders. */
function fileNamed(name: string, folder: string): string | null {
  const entry = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (found) => found.isFile() && found.name === name,
  );
  return entry === undefined ? null : join(entry.parentPath, entry.name);
}

describe('examples in the documentation', () => {
  it('are found', () => {
    const commands = blocksOf('README.md')
      .filter(({ language }) => language === 'sh')
      .flatMap(commandsOf);
    expect(commands[0]).toContain('npx polysem allocate');
    expect(blocksOf('docs/predict.md').map(({ language }) => language)).toContain('js');
  });

  it.each(
    pages.filter((page) => blocksOf(page).some(({ language }) => /^(sh|js)$/.test(language))),
  )(`run in the order of %s, and print and draw what it shows${noPython}`, async (page) => {
    const { printed, faults, folder } = runPage(page);
    expect(faults).toEqual([]);
    for (const { language, code } of blocksOf(page))
      if (language === 'text') expect(printed).toContain(code.trim());
    // Kernels differ in rounding, and pictures with them. `vitest run --update` writes them again.
    if (fastestKernel().name === 'wasm-fma')
      for (const link of linksOf(page).filter((path) => path.endsWith('.svg'))) {
        const drawn = fileNamed(basename(link), folder);
        const shown = join(root, dirname(page), link);
        if (drawn === null) continue;
        // oxlint-disable-next-line no-await-in-loop
        await expect(withVersionOf(drawn, shown), link).toMatchFileSnapshot(shown);
      }
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('links in the documentation', () => {
  it.each(pages)('of %s lead to existing files', (page) => {
    const dead = linksOf(page).filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(root, dirname(page), link)),
    );
    expect(dead).toEqual([]);
  });
});
