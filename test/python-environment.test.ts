import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findPython, whyNoPython } from '../scripts/python/environment.mjs';

const folder = mkdtempSync(join(tmpdir(), 'polysem-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds no Python where there is none, or where it cannot make environments', () => {
  expect(findPython([join(folder, 'python'), process.execPath])).toBe(null);
});

it('says why an environment cannot be used', () => {
  expect(whyNoPython(folder)).toContain('no environment');
  writeFileSync(join(folder, 'requirements.txt'), 'numpy==1.0\n');
  expect(whyNoPython(folder)).toContain('older than python/requirements.txt');
});
