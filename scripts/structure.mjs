// Describes the structure of the code for docs/architecture.md. `node scripts/structure.mjs` prints it; --write replaces the
// part of the page between the markers. A test compares the page with the code.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const PAGE = join(root, 'docs', 'architecture.md');
const BEGIN = '<!-- structure: written by scripts/structure.mjs -->';
const END = '<!-- end of structure -->';
/** Packages, lowest first. */
const ORDER = [
  'numerics',
  'core',
  'engine',
  'io',
  'figures',
  'threads',
  'runs',
  'reports',
  'cli',
  'polysem',
];

function sources(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** First paragraph of the module comment of an index.ts; empty if there is none. */
function purpose(index) {
  let text;
  try {
    text = readFileSync(index, 'utf8');
  } catch {
    return '';
  }
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  const [first] = comment.split(/\n \*\n/);
  return first
    .replaceAll(/\s*\n \* /g, ' ')
    .replace(/^\s*\*?\s*/, '')
    .trim();
}

/** Packages that the files of a folder import, lowest first. */
function imported(files) {
  const found = new Set();
  for (const file of files) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/ from '@polysem\/(\w+)/g))
      found.add(name);
  }
  return ORDER.filter((name) => found.has(name));
}

/** Folders without an index.ts, which only their own package uses. */
const INTERNAL = {
  'polysem/figures': 'Paths below `polysem/figures`.',
  'polysem/io': 'Paths below `polysem/io`.',
  'polysem/threads': 'Paths below `polysem/threads`.',
  'io/features': 'Internal: matrices of features as tensors, read in chunks.',
  'io/numbers': 'Internal: number types, half precision, float8.',
  'io/tensors': 'Internal: tensors, readers, strides.',
  'runs/bench': 'Internal: workloads and interleaved timing.',
  'runs/reproduce':
    'Internal: figures 2, 4, 5, 6, 7 and section 4 of the paper, with their claims.',
  'runs/store': 'Internal: unfinished work on disk.',
  'threads/blas': 'Internal: matrix products by a BLAS of the system.',
};

/** Structure of the code as Markdown: packages, what they import, and their folders. */
export function structure() {
  const packages = ORDER.map((name) => {
    const src = join(root, 'packages', name, 'src');
    const files = sources(src);
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    const folders = readdirSync(src)
      .filter((entry) => statSync(join(src, entry)).isDirectory())
      .toSorted();
    const imports = imported(files).filter((other) => other !== name);
    return { name, src, folders, imports, about: manifest.description };
  });
  const rows = packages.map(
    ({ name, imports, about }) => `| \`${name}\` | ${about} | ${imports.join(', ') || '-'} |`,
  );
  const tables = packages
    .filter(({ folders }) => folders.length > 0)
    .map(({ name, src, folders }) =>
      [
        `### ${name}`,
        '',
        '| folder | purpose |',
        '| --- | --- |',
        ...folders.map((folder) => {
          const about = purpose(join(src, folder, 'index.ts')) || INTERNAL[`${name}/${folder}`];
          return `| \`${folder}/\` | ${about ?? 'Internal.'} |`;
        }),
      ].join('\n'),
    );
  return [
    '| package | purpose | imports |',
    '| --- | --- | --- |',
    ...rows,
    '',
    tables.join('\n\n'),
  ].join('\n');
}

/** Part of the page between the markers. */
export function structureOnPage() {
  const page = readFileSync(PAGE, 'utf8');
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--write')) {
    const page = readFileSync(PAGE, 'utf8');
    writeFileSync(
      PAGE,
      `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n\n${structure()}\n\n${page.slice(page.indexOf(END))}`,
    );
  } else console.log(structure());
}
