import { trainingSpec } from '../state/specs.ts';
import { placeOf, type LabState } from '../state/state.ts';

/**
 * A program for Node or a bundler that trains the network of the page with the library and prints loss and capacities of the
 * start that is shown.
 *
 * @param state the state of the page.
 * @param kernel the kernel that the page used; empty for the fastest.
 * @returns the program; it is valid TypeScript and JavaScript.
 */
export function typescriptProgram(state: LabState, kernel: string): string {
  const { history: _history, ...spec } = trainingSpec(state);
  const start = placeOf(state.start);
  const text = JSON.stringify({ ...spec, history: 0 }, null, 2).replaceAll(/"(\w+)":/g, '$1:');
  return `import { inlineExecutor, trainMany } from '@polysem/engine/training';
import { ${kernel === '' ? 'fastestKernel' : 'kernelNamed'} } from '@polysem/engine/kernels';
${kernel === 'wasm-fma' ? '\n// Node 20 runs this kernel with: node --experimental-wasm-relaxed-simd' : ''}
const spec = ${text};

const kernel = ${kernel === '' ? 'fastestKernel([spec.model])' : `kernelNamed('${kernel}', [spec.model])`};
const [result] = await trainMany([spec], inlineExecutor(kernel), { kernel });
${start === null ? '' : `// Start ${state.start} of ${state.restarts}.\n`}const { loss, capacity } = result${start === null ? '' : `.runs[${start}]`};
console.log(JSON.stringify({ loss, capacity: Array.from(capacity) }));
`;
}
