import { format } from 'prettier';
import { expect, it } from 'vitest';
import { structure, structureOnPage } from '../scripts/structure.mjs';

it('docs/architecture.md shows the packages and rooms of the code (node scripts/structure.mjs --write)', async () => {
  const drawn = await format(structure(), { parser: 'markdown' });
  expect(structureOnPage()).toBe(drawn.trim());
});
