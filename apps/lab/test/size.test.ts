import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { labFolder } from '../folder.js';

const KILOBYTE = 1000;

describe('the size of the page', () => {
  let sizes: ReadonlyMap<string, number>;
  beforeAll(async () => {
    const folder = await labFolder();
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('.'),
    );
    sizes = new Map(
      names.map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length]),
    );
  });
  const total = (pattern: RegExp): number =>
    [...sizes].reduce((sum, [name, size]) => sum + (pattern.test(name) ? size : 0), 0);

  const PAGE = ['index\\.html', 'assets.index-.*', 'assets.worker-.*'];
  const DIAGRAM = 'assets.diagram-.*';
  const TRAINING = 'assets.live-training-.*';
  const of = (...parts: string[]): number => total(new RegExp(`^(?:${parts.join('|')})$`));

  it('before the first click is at most 300 kB', () => {
    expect(of(...PAGE, DIAGRAM, TRAINING, '.*woff2')).toBeLessThan(300 * KILOBYTE);
  });

  it('of an embedded panel is at most 150 kB', () => {
    expect(of(...PAGE, DIAGRAM)).toBeLessThan(150 * KILOBYTE);
    expect(of(...PAGE, TRAINING)).toBeLessThan(150 * KILOBYTE);
  });
});
