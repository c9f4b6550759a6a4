import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { labFolder } from '../folder.js';

const KILOBYTE = 1000;

describe('the size of the page', () => {
  let sizes: ReadonlyMap<string, number>;
  let folder: string;
  beforeAll(async () => {
    folder = await labFolder();
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('.'),
    );
    sizes = new Map(
      names.map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length]),
    );
  });
  const FIRST = ['index\\.html', 'assets.index-.*', 'assets.worker-.*', '.*\\.css'];
  const PAGE = 'assets.LabPage-.*';
  const EMBED = 'assets.EmbedPage-.*';
  const DIAGRAM = 'assets.diagram-.*';
  const TRAINING = 'assets.live-training-.*';

  /** Bytes of the files whose names match, and of the scripts that they import. */
  function of(...parts: string[]): number {
    const pattern = new RegExp(`^(?:${parts.join('|')})$`);
    const loaded = new Set([...sizes.keys()].filter((name) => pattern.test(name)));
    for (const name of loaded) {
      if (!name.endsWith('.js')) continue;
      const text = readFileSync(join(folder, name), 'utf8');
      for (const [, other] of text.matchAll(/(?:from|import) ?["'`]\.\/([^"'`]+)["'`]/g))
        loaded.add(join('assets', other));
    }
    return [...loaded].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  }

  it('before the first click is at most 300 kB', () => {
    expect(of(...FIRST, PAGE, DIAGRAM, TRAINING, '.*woff2')).toBeLessThan(300 * KILOBYTE);
  });

  it('of an embedded panel is at most 150 kB', () => {
    expect(of(...FIRST, EMBED, DIAGRAM)).toBeLessThan(150 * KILOBYTE);
    expect(of(...FIRST, EMBED, TRAINING)).toBeLessThan(150 * KILOBYTE);
  });
});
