import { UsageError } from '../../usage-error.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { openSweepStore, type SweepStore } from './sweep-store.ts';

/** The manifest of a folder. @throws UsageError if the folder has no manifest. */
export function manifestIn(folder: string): Manifest {
  const manifest = readManifest(folder);
  if (manifest === null) {
    throw new UsageError(
      `${folder}: no manifest.json, so this is not the folder of a sweep; give the --out of polysem sweep run`,
    );
  }
  return manifest;
}

/** The store of a folder, as its manifest describes it; changes nothing on disk. */
export function storeOfManifest(folder: string, manifest: Manifest): SweepStore {
  const { identity, cells: size, results: resultColumns } = manifest;
  return openSweepStore(folder, { identity, size, resultColumns });
}
