import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands.ts';
import { bin } from './polysem.ts';

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

  it.each(['measure', 'geometry', 'audit'])('loads flags alone for %s --help', (name) => {
    const { stdout, files } = loadedBy([name, '--help']);
    expect(stdout).toContain('--tensor');
    expect(files.filter((url) => url.includes('/cli/dist/actions/'))).toEqual([]);
    expect(files.length).toBeLessThan(150);
  });
});

/** Runs `polysem` and lists the files of JavaScript that it loads. */
function loadedBy(words: readonly string[]): { readonly stdout: string; readonly files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'polysem-help-'));
  try {
    const stdout = execFileSync(process.execPath, [bin, ...words], {
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
