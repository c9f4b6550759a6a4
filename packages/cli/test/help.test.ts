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
    const folder = mkdtempSync(join(tmpdir(), 'polysem-help-'));
    try {
      const help = execFileSync(process.execPath, [bin, '--help'], {
        encoding: 'utf8',
        env: { ...process.env, NODE_V8_COVERAGE: folder },
      });
      for (const { name } of commands) expect(help).toContain(`\n  ${name} [options]`);
      const loaded = readdirSync(folder).flatMap((file) => {
        const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
          result: { url: string }[];
        };
        return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
      });
      expect(loaded.some((url) => url.endsWith('/cli/dist/commands.js'))).toBe(true);
      expect(loaded.filter((url) => url.includes('/cli/dist/commands/'))).toEqual([]);
      // Each file takes about a millisecond.
      expect(loaded.length).toBeLessThan(60);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
