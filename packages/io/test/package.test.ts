import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('uses Node only inside node/', () => {
  const src = new URL('../src/', import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !name.startsWith('node/'));
  expect(files).toContain('index.ts');
  const offenders = files.filter((name) =>
    /from 'node:|from '[./]+\/node\/|\bBuffer\.|\bprocess\./.test(
      readFileSync(new URL(name, src), 'utf8'),
    ),
  );
  expect(offenders).toEqual([]);
});
