import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy, readTensor } from '@polysem/io';
import { openFile } from '@polysem/io/node';

/** Temporary folder to exchange arrays with the peers as npy files. */
export async function openExchange(peers) {
  const folder = await mkdtemp(join(tmpdir(), 'polysem-bench-'));
  const pathOf = (name) => join(folder, `${name}.npy`);
  return {
    pathOf,
    /** Loads an array into every peer under a name. */
    async send(name, shape, data) {
      if (peers.length === 0) return;
      await writeFile(pathOf(name), encodeNpy({ shape, data }));
      await Promise.all(peers.map((p) => p.ask({ request: 'load', name, path: pathOf(name) })));
    },
    /** Removes an array from every peer. */
    async forget(name) {
      await Promise.all(peers.map((p) => p.ask({ request: 'forget', name })));
    },
    /** Reads an array that a peer saved. */
    async receive(name) {
      const source = await openFile(pathOf(name));
      try {
        return (await readTensor(source)).data;
      } finally {
        await source.close();
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
