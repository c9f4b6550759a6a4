/**
 * Method of computing a step.
 * - `dense`: samples every input and uses dense products.
 * - `compact`: samples only active features, by the gaps between them, skips rows without any, and uses dense products.
 * - `sparse`: multiplies by lists of active inputs and, if few outputs are unclipped, by lists of those outputs.
 * - `gram`: adds rows of the Gram matrix W U^T, one per active input, and differentiates by that matrix.
 * - `given`: reads weighted inputs from memory and uses dense products.
 */
export type Method = SampledMethod | 'given';

/** Method of this folder, or the code for large models, `kernels/large`. */
export type StepMethod = SampledMethod | 'large';

/** Method that samples its inputs. */
export type SampledMethod = 'dense' | 'compact' | 'sparse' | 'gram';

/** Methods that keep the inputs of a panel as lists of active features; the others keep them as dense arrays. */
const LISTS: ReadonlySet<Method> = new Set(['sparse', 'gram']);

/** True if a method keeps the inputs of a panel as lists of active features. */
export function storesLists(method: Method): boolean {
  return LISTS.has(method);
}
