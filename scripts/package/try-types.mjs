// Checks the declarations of the installed package, all of them, as TypeScript finds them from a project.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { entries, root } from './places.mjs';

/** A program that uses values and types of the package. */
const PROGRAM = `
import { allocateQuadratic, efficientEmbedding, type Embedding, measureCapacity, train, type ToyModel } from 'polysem';
import type { TrainingResult } from 'polysem/training';
import { main } from 'polysem/cli';
const best = allocateQuadratic({ importance: [4, 2, 1, 0.5], kurtosis: 18, dims: 2 });
const w: Embedding = efficientEmbedding(best.capacity, best.squaredNorm, 2);
export const capacity: Float64Array = measureCapacity(w).capacity;
export const code: Promise<number> = main(['--version']);
export const lossOf = (result: TrainingResult, model: ToyModel): number => result.loss + model.features;
// @ts-expect-error A number of dimensions is not text.
export const wrong = () => allocateQuadratic({ importance: [1], kurtosis: 18, dims: '2' });
export { train };
`;

const RESOLUTIONS = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/**
 * Type-checks a program that imports every path of the package.
 *
 * @param {{ folder: string }} project the project with the installed package.
 * @param {readonly string[]} names resolutions to check (default: all).
 * @returns {string[]} the resolutions.
 */
export function tryTypes({ folder }, names = Object.keys(RESOLUTIONS)) {
  const source = join(folder, 'types');
  mkdirSync(source, { recursive: true });
  const imports = entries().names.map((name, i) => {
    const path = name === 'index' ? 'polysem' : `polysem/${name}`;
    return `export * as path${i} from '${path}';\n`;
  });
  writeFileSync(join(source, 'paths.ts'), imports.join(''));
  writeFileSync(join(source, 'program.ts'), PROGRAM);
  for (const name of names) {
    const program = ts.createProgram([join(source, 'paths.ts'), join(source, 'program.ts')], {
      ...RESOLUTIONS[name],
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts'],
      strict: true,
      exactOptionalPropertyTypes: true,
      // Declarations are read whole, not only where the program uses them.
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [join(root, 'node_modules/@types')],
      types: ['node'],
    });
    const found = ts.getPreEmitDiagnostics(program);
    if (found.length > 0) throw new Error(`${name}: ${ts.formatDiagnostics(found, FORMAT)}`);
  }
  return names;
}

const FORMAT = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};
