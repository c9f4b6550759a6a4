import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('what the browser loads uses nothing of Node', () => {
  const src = new URL('../src/', import.meta.url);
  const files = readdirSync(src).filter((name) => name.endsWith('.ts'));
  expect(files).toContain('index.ts');
  const offenders = files.filter((name) =>
    /from 'node:|from '\.\/node\/|\bBuffer\.|\bprocess\./.test(
      readFileSync(new URL(name, src), 'utf8'),
    ),
  );
  expect(offenders).toEqual([]);
});
