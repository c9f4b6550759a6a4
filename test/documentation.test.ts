import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pages = [
  'README.md',
  'CHANGELOG.md',
  'bench/README.md',
  'packages/polysem/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Fenced code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm')),
    (match) => match[1],
  );
}

function run(
  program: string,
  words: readonly string[],
  folder: string,
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: folder, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

describe('examples in the documentation', () => {
  it('are found', () => {
    expect(blocks('README.md', 'sh').join('')).toContain('npx polysem allocate');
    expect(blocks('README.md', 'js').length).toBeGreaterThan(0);
  });

  it.each(pages.filter((page) => blocks(page, 'sh').length > 0))(
    'run as commands in the order of %s',
    (page) => {
      const folder = mkdtempSync(join(tmpdir(), 'polysem-docs-'));
      const commands = blocks(page, 'sh')
        .join('')
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('npx polysem'));
      const printed = commands.map((command) => {
        const words = command.split(' #')[0].trim().split(/\s+/).slice(2);
        const result = run(
          process.execPath,
          [join(root, 'packages/polysem/bin/polysem.js'), ...words],
          folder,
        );
        expect(result, command).toMatchObject({ code: 0 });
        return result.stdout.trim();
      });
      rmSync(folder, { recursive: true, force: true });
      // Output shown on the page must be the output of one of its commands.
      for (const shown of blocks(page, 'text')) expect(printed).toContain(shown.trim());
    },
  );

  it.each(pages.filter((page) => blocks(page, 'js').length > 0))(
    'run as programs of %s',
    (page) => {
      // Inside the repository, where programs find its packages.
      mkdirSync(join(root, '.cache'), { recursive: true });
      const folder = mkdtempSync(join(root, '.cache/documentation-'));
      blocks(page, 'js').forEach((program, i) => {
        const path = join(folder, `${page.replaceAll(/[/.]/g, '-')}-${i}.mjs`);
        writeFileSync(path, program);
        expect(run(process.execPath, [path], folder)).toMatchObject({ code: 0, stderr: '' });
      });
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe('links in the documentation', () => {
  it.each(pages)('of %s lead to existing files', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
    const links = Array.from(text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g), (match) => match[1]);
    const dead = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(root, dirname(page), link)),
    );
    expect(dead).toEqual([]);
  });
});
