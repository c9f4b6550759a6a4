import { format } from 'prettier';
import { expect, it } from 'vitest';
import { extendingPage } from '../scripts/extending.mjs';
import { structure, structureOnPage } from '../scripts/structure.mjs';

it('docs/architecture.md shows the packages and rooms of the code (node scripts/structure.mjs --write)', async () => {
  const drawn = await format(structure(), { parser: 'markdown' });
  expect(structureOnPage()).toBe(drawn.trim());
});

it('docs/extending.md shows the current files (node scripts/extending.mjs --write)', () => {
  const { page, drawn } = extendingPage();
  expect(page).toContain('<!-- file: ');
  expect(page).toBe(drawn);
});
