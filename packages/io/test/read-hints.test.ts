import { bytesSource, type SourceFolder } from '@polysem/io/bytes';
import { readHints } from '@polysem/io/layouts';
import { describe, expect, it } from 'vitest';
import { entries, type Shapes } from './layout-files.ts';

/** A folder in which files with these names hold these texts. */
function folderOf(texts: Readonly<Record<string, string>>): SourceFolder {
  return {
    name: 'saes',
    open: async (file) =>
      Object.hasOwn(texts, file)
        ? bytesSource(file, new TextEncoder().encode(texts[file]))
        : undefined,
  };
}

async function hintsOf(files: readonly string[], texts: Readonly<Record<string, string>>) {
  const tensors = files.map((file) => ({
    ...entries({ W: [2, 2] })[0],
    name: `${file}: W`,
    file,
  }));
  const parent = folderOf({ 'config.json': '{"width": 9}' });
  const folder = folderOf(texts);
  return readHints({
    file: { entries: tensors, metadata: {} },
    path: 'saes',
    folder,
    parent,
  });
}

describe('numbers of weights', () => {
  const NAME = 'code_normalization_id';
  const scalarsOf = async (shapes: Shapes) => {
    const asked: string[] = [];
    const read = async (name: string) => {
      asked.push(name);
      if (name.startsWith('damaged')) throw new Error('damaged');
      return { name, dtype: 'F32', shape: [], data: Float32Array.of(asked.length) };
    };
    const file = { entries: entries(shapes), metadata: {}, read };
    const { scalars } = await readHints({ file, path: 'x', folder: folderOf({}) });
    return { scalars, asked };
  };

  it('are read where they are single, and have the name that layouts need', async () => {
    const { scalars, asked } = await scalarsOf({
      [NAME]: [],
      [`a.${NAME}`]: [1],
      [`b.${NAME}`]: [1, 1],
      [`c.${NAME}`]: [2],
      [`d.${NAME}`]: [0],
      [`e${NAME}`]: [],
      other: [],
    });
    expect(asked).toEqual([NAME, `a.${NAME}`, `b.${NAME}`]);
    expect(scalars).toEqual({ [NAME]: 1, [`a.${NAME}`]: 2, [`b.${NAME}`]: 3 });
  });

  it('are at most 64, without those that are damaged', async () => {
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`${i}.${NAME}`, [1]]));
    expect((await scalarsOf(many)).asked).toHaveLength(64);
    expect((await scalarsOf({ [`damaged.${NAME}`]: [1] })).scalars).toBeUndefined();
  });
});

describe('configurations of weights in the folders of a folder', () => {
  const texts = {
    'layer_3/config.json': '{"width": 3}',
    'layer_4/checkpoints/cfg.json': '{"width": 4}',
    'layer_4/config.json': '{"width": 5}',
    'layer_7/config.json': '{"width": ',
  };

  it('are those of the nearest folder, for each folder of files', async () => {
    const files = ['layer_3/checkpoints/a.pt', 'layer_3/b.pt', 'layer_4/checkpoints/a.pt', 'c.pt'];
    const hints = await hintsOf(files, texts);
    expect(hints.configs).toEqual({
      'layer_3/checkpoints': { width: 3 },
      layer_3: { width: 3 },
      'layer_4/checkpoints': { width: 4 },
    });
    expect(hints).toMatchObject({ path: 'saes', config: { width: 9 } });
  });

  it('are that of the file where there is one file', async () => {
    const hints = await hintsOf(['layer_3/checkpoints/a.pt'], texts);
    expect(hints).toMatchObject({
      path: 'saes/layer_3/checkpoints/a.pt',
      config: { width: 3 },
    });
    expect(hints.configs).toBeUndefined();
    const none = await hintsOf(['layer_9/a.pt'], texts);
    expect(none.config).toEqual({ width: 9 });
  });

  it('are named in a note where they cannot be read', async () => {
    const { configs, notes } = await hintsOf(['layer_3/a.pt', 'layer_7/a.pt'], texts);
    expect(configs).toEqual({ layer_3: { width: 3 } });
    expect(notes?.join()).toMatch(/config\.json was not read: it is not valid JSON/);
  });
});
