import { findFeatures, tensorsOf, type FeatureHints } from '@polysem/io/layouts';
import { integerBelow, generator, type Generator } from '@polysem/numerics/random';
import { pinned, times } from '../../../core/test/pinned/pinned.ts';
import { DICTIONARY_FILES } from '../dictionary-files/index.ts';
import { entries, type Shapes } from '../layout-files.ts';
import { transformerFiles } from '../transformer-files.ts';

// Features found in checkpoints of every known layout, and in others that are like them: a tensor less or more, another size, other
// axes, a prefix, no configuration. Other tests show that these are right; here they are pinned, so that no change goes unnoticed.

interface Checkpoint {
  readonly shapes: Shapes;
  readonly hints?: FeatureHints;
}

const TOYS: Readonly<Record<string, Checkpoint>> = {
  'a toy model of polysem': {
    shapes: { W: [8, 24] },
    hints: { metadata: { polysem: '1', features: 'columns' } },
  },
  'a toy model of Anthropic': { shapes: { W: [24, 8], b_final: [24] } },
  'toy models of Anthropic': { shapes: { W: [3, 24, 8], b_final: [3, 24] } },
  'toy models of ARENA': { shapes: { W: [3, 8, 24], b_final: [3, 24] } },
  'a toy model of spd': {
    shapes: { 'linear1.weight': [8, 24], 'linear2.weight': [24, 8], 'linear2.bias': [24] },
  },
  'a residual MLP of spd': {
    shapes: { W_E: [24, 8], W_U: [8, 24], 'layers.0.mlp_in.weight': [16, 8] },
  },
  'residual MLPs of apd': {
    shapes: { W_E: [2, 24, 8], W_U: [2, 8, 24], 'layers.0.mlp_in.A': [2, 8, 16] },
  },
};

const FILES: readonly (readonly [string, Checkpoint])[] = [
  ...Object.entries(TOYS),
  ...Object.entries(transformerFiles),
  ...Object.entries(DICTIONARY_FILES),
];
const VARIANTS = 16;

for (const [name, file] of FILES) {
  pinned(`${name} and checkpoints like it`, () => {
    const g = generator(name.length);
    return [outcome(file), ...times(VARIANTS, () => outcome(variant(g, file)))];
  });
}

function outcome({ shapes, hints }: Checkpoint): string {
  const { features, notes } = findFeatures(entries(shapes), hints);
  return JSON.stringify({ features, notes, tensors: features.map(tensorsOf) });
}

/** The checkpoint with one or two changes. */
function variant(g: Generator, file: Checkpoint): Checkpoint {
  const once = changed(g, file);
  return integerBelow(g, 3) === 0 ? changed(g, once) : once;
}

function changed(g: Generator, file: Checkpoint): Checkpoint {
  return chosen(g, CHANGES)(g, file);
}

const PREFIXES = ['a.b.', 'layers.7.', 'encoder.', 'vision_model.', 'folder/layer_3/', 'a.3.'];
const NAMES = [...new Set(FILES.flatMap(([, { shapes }]) => Object.keys(shapes)))];
const SIZES = [0, 1, 2, 3, 4, 8, 16, 24, 50, 257, 1025];

const CHANGES: readonly ((g: Generator, file: Checkpoint) => Checkpoint)[] = [
  (g, file) => ({ ...file, shapes: mapped(file, g, () => null) }),
  (g, file) => ({ ...file, shapes: mapped(file, g, (shape) => shape.toReversed()) }),
  (g, file) => ({
    ...file,
    shapes: mapped(file, g, (shape) => [chosen(g, [1, 2, 257])].concat(shape)),
  }),
  (g, file) => ({ ...file, shapes: mapped(file, g, (shape) => shape.slice(1)) }),
  (g, file) => {
    const size = chosen(g, SIZES);
    return {
      ...file,
      shapes: mapped(file, g, (shape) => shape.with(integerBelow(g, shape.length), size)),
    };
  },
  // All axes of one size, everywhere.
  (g, file) => {
    const from = chosen(g, [8, 24]);
    const to = chosen(g, SIZES);
    const sized = (shape: readonly number[]) => shape.map((size) => (size === from ? to : size));
    return { ...file, shapes: eachOf(file.shapes, (name, shape) => [name, sized(shape)]) };
  },
  (g, file) => ({ ...file, shapes: { ...file.shapes, [chosen(g, NAMES)]: [24, 8] } }),
  (g, file) => {
    const prefix = chosen(g, PREFIXES);
    return { ...file, shapes: eachOf(file.shapes, (name, shape) => [`${prefix}${name}`, shape]) };
  },
  // A second model of another width beside it.
  (g, file) => {
    const prefix = chosen(g, PREFIXES);
    const wide = (shape: readonly number[]) => shape.map((size) => (size === 8 ? 12 : size));
    const second = eachOf(file.shapes, (name, shape) => [`${prefix}${name}`, wide(shape)]);
    return { ...file, shapes: { ...file.shapes, ...second } };
  },
  (_, { shapes }) => ({ shapes }),
  (_, { shapes, hints }) => ({ shapes, hints: { ...hints, path: '' } }),
  (g, { shapes, hints }) => {
    const { hints: other } = chosen(g, FILES)[1];
    return { shapes, hints: { ...hints, ...other } };
  },
  (g, { shapes, hints }) => {
    const config = Object.entries(hints?.config ?? {});
    return {
      shapes,
      hints: { ...hints, config: Object.fromEntries(config.filter(() => integerBelow(g, 3) > 0)) },
    };
  },
];

function chosen<T>(g: Generator, items: readonly T[]): T {
  return items[integerBelow(g, items.length)];
}

/** The shapes of a file, one of them replaced, or left out for null. */
function mapped(
  { shapes }: Checkpoint,
  g: Generator,
  map: (shape: readonly number[]) => readonly number[] | null,
): Shapes {
  const at = chosen(g, ['', ...Object.keys(shapes)]);
  return Object.fromEntries(
    Object.entries(shapes).flatMap(([name, shape]) => {
      const now = name === at && shape.length > 0 ? map(shape) : shape;
      return now === null ? [] : [[name, now]];
    }),
  );
}

function eachOf(
  shapes: Shapes,
  map: (name: string, shape: readonly number[]) => readonly [string, readonly number[]],
): Shapes {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => map(name, shape)));
}
