import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands.ts';

describe('the list of commands', () => {
  it.each(commands)('shows the arguments of $name', async ({ name, shown, load }) => {
    const command = new Command(name);
    (await load())(command);
    expect(shown).toBe(command.usage());
  });

  it('loads no command', () => {
    const { stdout, files } = loadedBy(['--help']);
    for (const { name } of commands) expect(stdout).toContain(`\n  ${name} [options]`);
    expect(files.some((url) => url.endsWith('/cli/dist/commands.js'))).toBe(true);
    expect(files.filter((url) => url.includes('/cli/dist/commands/'))).toEqual([]);
    // Each file takes about a millisecond.
    expect(files.length).toBeLessThan(20);
  });
});

describe('the environment variables in the help', () => {
  it('are those that polysem reads', () => {
    const { stdout } = loadedBy(['--help']);
    const environment = stdout.slice(stdout.indexOf('Environment:'));
    const told = [...environment.matchAll(/^ {2}([A-Z_]+)/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(variablesRead());
  });

  it('are in the documentation with those of the scripts', () => {
    const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
    const pages = ['README.md', ...docs.map((name) => join('docs', name))];
    const text = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n');
    const names = [...variablesRead(), 'POLYSEM_NODE'];
    expect(names.filter((name) => !text.includes(`\`${name}`))).toEqual([]);
  });
});

describe('a command', () => {
  it('loads only what it needs', () => {
    const allocate = ['allocate', '--importance', '4,2,1,1', '--dims', '2', '--kurtosis', '3'];
    const { stdout, files } = loadedBy(allocate);
    expect(stdout).toContain('global optimum');
    expect(
      files.filter((url) => /\/(io|figures\/dist\/marks|core\/dist\/geometry)\//.test(url)),
    ).toEqual([]);
    expect(files.length).toBeLessThan(125);
  });

  it.each(commands)('loads flags alone for $name --help', ({ name }) => {
    const { stdout, files } = loadedBy([name, '--help']);
    expect(stdout).toContain('--json');
    expect(files.filter((url) => url.includes('/cli/dist/actions/'))).toEqual([]);
    expect(
      files.filter((url) => /\/engine\/dist\/(kernels|models|phase|training)\//.test(url)),
    ).toEqual([]);
    expect(files.length).toBeLessThan(100);
  });
});

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The command as the clone has it, one file per module. */
const program = join(root, 'packages/polysem/bin/polysem.js');

/** The environment variables that the sources of the packages read, sorted. */
function variablesRead(): string[] {
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => /^[a-z]+\/src\/.*\.ts$/.test(path),
  );
  const names = sources.flatMap((path) => {
    const text = readFileSync(join(root, 'packages', path), 'utf8');
    const single = [...text.matchAll(/process\.env\.([A-Z_]+)/g)].map(([, name]) => name);
    const several = [...text.matchAll(/const \{([^}]*)\} = process\.env/g)];
    return [...single, ...several.flatMap(([, list]) => list.match(/[A-Z_]{3,}/g) ?? [])];
  });
  return [...new Set(names)].toSorted();
}

/** Runs `polysem` and lists the files of JavaScript that it loads. */
function loadedBy(words: readonly string[]): { readonly stdout: string; readonly files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-help-'));
  try {
    const stdout = execFileSync(process.execPath, [program, ...words], {
      encoding: 'utf8',
      env: { ...process.env, NODE_V8_COVERAGE: folder },
    });
    const files = readdirSync(folder).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        result: { url: string }[];
      };
      return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    });
    return { stdout, files };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
