import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { polysemInTurn, scratch } from './polysem.ts';

describe('polysem sweep init', () => {
  it('writes a recipe that plans, with the schema that it names, and never overwrites', async () => {
    const folder = scratch();
    const init = await polysemInTurn(['sweep', 'init', 'phase-2-1'], folder);
    expect(init).toEqual({ code: 0, stdout: 'phase-2-1.yaml, sweep.schema.json\n', stderr: '' });
    expect(readFileSync(join(folder, 'phase-2-1.yaml'), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/sweep\.schema\.json\n/,
    );
    const plan = await polysemInTurn(['sweep', 'plan', 'phase-2-1.yaml', '--threads', '2'], folder);
    expect(plan.stdout).toContain('phase-2-1: 420 cells of phase\n');
    expect(plan.stdout).toContain('density 20 x importance 21 x seed 1\n');
    expect(plan.stdout).toMatch(/time +roughly .* on one thread, .* on 2\n/);
    const again = await polysemInTurn(['sweep', 'init', 'phase-2-1'], folder);
    expect([again.code, again.stderr]).toEqual([
      2,
      'polysem: phase-2-1.yaml: exists already; remove it or rename it first\n',
    ]);
  });

  it('lists the recipes, and suggests the nearest', async () => {
    const listed = await polysemInTurn(['sweep', 'init', '--list'], scratch());
    expect(listed.stdout.match(/^\S+/gm)).toEqual([
      'ten-densities',
      'phase-2-1',
      'phase-3-2',
      'power-law-width',
      'figure7',
    ]);
    const wrong = await polysemInTurn(['sweep', 'init', 'figure8'], scratch());
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('got "figure8"; did you mean figure7?\n'),
    ]);
  });
});

describe('polysem sweep plan', () => {
  it('reports cells that repeat others as JSON', async () => {
    const folder = scratch();
    writeFileSync(
      join(folder, 'same.yaml'),
      'compute: allocate\nparameters: { features: 2, kurtosis: 9, dims: 1 }\naxes: [{ parameter: importance, values: [1, [1]] }]\n',
    );
    const { stdout } = await polysemInTurn(['sweep', 'plan', 'same.yaml', '--json'], folder);
    const plan = JSON.parse(stdout) as Record<string, unknown>;
    expect([plan.name, plan.cells, plan.duplicates]).toEqual(['same', 2, [{ index: 1, of: 0 }]]);
  });

  it('refuses a sweep with file and line', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'bad.yaml'), 'compute: train\nparameters:\n  dmis: 2\n');
    const run = await polysemInTurn(['sweep', 'plan', 'bad.yaml'], folder);
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr: 'polysem: bad.yaml:3: parameters.dmis: is not known; did you mean dims?\n',
    });
  });
});
