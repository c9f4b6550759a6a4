import { join } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { SweepPlan } from './plan.ts';
import { planSweep } from './spec/plan-sweep.ts';
import type { Manifest } from './store/manifest.ts';
import { manifestIn } from './store/open-folder.ts';

/**
 * The plan that a manifest describes.
 *
 * @param manifest the manifest of a folder of results.
 * @param folder folder against which input files are resolved.
 * @returns the plan; null if this version of polysem would compute other cells.
 *
 * @example
 * ```js
 * import { planOfManifest } from 'polysem/sweep';
 * planOfManifest({ name: 'old', spec: { compute: 'none' }, kernel: 'typescript', identity: '' }); // null
 * ```
 */
export function planOfManifest(
  { spec, name, kernel, identity }: Manifest,
  folder = '.',
): SweepPlan | null {
  try {
    const plan = planSweep({ ...spec, name, kernel }, { folder });
    return plan.identity === identity ? plan : null;
  } catch {
    // The spec names what this version or this machine does not have.
    return null;
  }
}

/**
 * The plan of a folder of results, from its manifest.
 *
 * @param folder the folder.
 * @returns the plan.
 * @throws UsageError if it is not the folder of a sweep, or of another version of polysem.
 *
 * @example
 * ```js
 * import { planOfFolder } from 'polysem/sweep';
 * planOfFolder('.'); // throws UsageError
 * ```
 */
export function planOfFolder(folder: string): SweepPlan {
  const manifest = manifestIn(folder);
  const plan = planOfManifest(manifest, join(folder, manifest.inputs ?? '.'));
  if (plan !== null) return plan;
  throw new UsageError(
    `${folder}: was made by polysem ${manifest.version} (revision ${manifest.revision}) with the kernel ${manifest.kernel}, and this version or machine would compute other cells; give the spec and a new --out`,
  );
}
