import { holdSpec, trainingSpec } from '../state/specs.ts';
import { placeOf, type LabState } from '../state/state.ts';

/**
 * A program for Node or a bundler that trains the network of the page with the library and prints its loss and capacities: the
 * start that is shown, or the network under the held capacity.
 *
 * @param state the state of the page.
 * @param kernel the kernel that the page used; empty for the fastest.
 * @returns the program; it is valid TypeScript and JavaScript.
 */
export function typescriptProgram(state: LabState, kernel: string): string {
  return state.hold === null ? freeProgram(state, kernel) : heldProgram(state, kernel);
}

function freeProgram(state: LabState, kernel: string): string {
  const { history: _history, ...spec } = trainingSpec(state);
  const start = placeOf(state.start);
  return `import { inlineExecutor, trainMany } from 'polysem/training';
${kernelImport(kernel)}
const spec = ${source({ ...spec, history: 0 })};

const kernel = ${kernelOf(kernel)};
const [result] = await trainMany([spec], inlineExecutor(kernel), { kernel });
${start === null ? '' : `// Start ${state.start} of ${state.restarts}.\n`}const { loss, capacity } = result${start === null ? '' : `.runs[${start}]`};
console.log(JSON.stringify({ loss, capacity: Array.from(capacity) }));
`;
}

function heldProgram(state: LabState, kernel: string): string {
  const { feature, capacity } = state.hold!;
  return `import { holdPoint, trainHeld } from 'polysem/phase';
${kernelImport(kernel)}
const spec = ${source(holdSpec(state))};

// Feature ${feature} keeps capacity ${capacity}; the curve of the loss against its capacity is trained first.
const kernel = ${kernelOf(kernel)};
const { point, curve } = await trainHeld(spec, ${capacity}, async (_done, tasks) =>
  tasks.map((task) => holdPoint(kernel, task)),
);
const { loss, slope, capacity } = point.best;
const leftAlone = curve.free.best.loss;
console.log(JSON.stringify({ loss, slope, leftAlone, capacity: Array.from(capacity) }));
`;
}

/** A value as source text. */
const source = (value: object): string =>
  JSON.stringify(value, null, 2).replaceAll(/"(\w+)":/g, '$1:');

const kernelImport = (kernel: string): string =>
  `import { ${kernel === '' ? 'fastestKernel' : 'kernelNamed'} } from 'polysem/kernels';
${kernel === 'wasm-fma' ? '\n// Node 20 runs this kernel with: node --experimental-wasm-relaxed-simd' : ''}`;

const kernelOf = (kernel: string): string =>
  kernel === '' ? 'fastestKernel([spec.model])' : `kernelNamed('${kernel}', [spec.model])`;
