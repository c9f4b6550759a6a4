import type { FeatureChoice } from '@polysem/runs/measure';
import type { FeatureHints } from '@polysem/io/layouts';
import { UsageError } from '../errors.ts';
import { chooseFeatures } from '../features/choose-features.ts';
import type { FeatureFlags } from '../features/feature-flags.ts';
import { foundIn, type ListedFile } from '../features/found-in.ts';

/**
 * Chooses matrices to be measured side by side: `--layer all` or `--layer 0,5,11` of a preset, or all tensors whose names
 * match a pattern with `*`; without these, the one that `chooseFeatures` chooses.
 *
 * @throws UsageError of one line, as `chooseFeatures` does.
 */
export function chooseMatrices(
  path: string,
  file: ListedFile,
  flags: FeatureFlags,
  hints: FeatureHints,
): FeatureChoice[] {
  const choose = (change: FeatureFlags): FeatureChoice =>
    chooseFeatures(path, file, { ...flags, ...change }, hints);
  const { preset, layer, tensor } = flags;
  if (preset !== undefined && layer !== undefined && /^all$|,/.test(layer)) {
    const { features } = foundIn(file, hints);
    const held = features.filter((matrix) => matrix.preset === preset);
    const layers = [...new Set(held.map((matrix) => matrix.layer))].filter((k) => k !== null);
    // Without layers there is one matrix; without such a preset, an error.
    if (layer === 'all' && layers.length === 0) {
      const { layer: _, ...rest } = flags;
      return [chooseFeatures(path, file, rest, hints)];
    }
    const wanted =
      layer === 'all' ? layers.toSorted((a, b) => a - b).map(String) : layer.split(',');
    return [...new Set(wanted)].map((one) => choose({ layer: one }));
  }
  if (tensor?.includes('*') === true && !file.entries.some(({ name }) => name === tensor)) {
    const { features } = foundIn(file, hints);
    const own = new Set(features.filter((m) => m.preset === preset).map((m) => m.tensor));
    const names = file.entries
      .filter(({ shape, readable }) => readable && shape.length >= 2)
      .filter(({ name }) => fits(tensor, name) && (own.size === 0 || own.has(name)))
      .map(({ name }) => name);
    if (names.length === 0)
      throw new UsageError(
        `--tensor: no matrix of ${path} matches ${JSON.stringify(tensor)}; see --list`,
      );
    return names.toSorted(byNumbers).map((name) => choose({ tensor: name }));
  }
  return [choose({})];
}

/** True if a name is a pattern in which every `*` matches any letters. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first, last] = [parts[0], parts.at(-1) ?? ''];
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** Layer 2 before layer 10. */
function byNumbers(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
