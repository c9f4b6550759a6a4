import type { ModelLabels } from './messages.ts';

/** The numbers in the file of the features that are left; null if none is left out. */
export function numbersLeft(features: number, skipped: readonly number[]): Int32Array | null {
  if (skipped.length === 0) return null;
  const bad = new Set(skipped);
  return Int32Array.from({ length: features + bad.size }, (_, i) => i).filter((i) => !bad.has(i));
}

/** The names of the features that are left. */
export function labelsLeft(labels: ModelLabels, numbers: Int32Array | null): ModelLabels {
  if (numbers === null) return labels;
  return { ...labels, names: Array.from(numbers, (number) => labels.names[number] ?? '') };
}
