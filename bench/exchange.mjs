import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeNpy, readTensor } from '@polysem/io';
import { openFile } from '@polysem/io/node';

/** A temporary folder through which arrays go to the peers and back, as npy files. */
export async function openExchange(peers) {
  const folder = await mkdtemp(join(tmpdir(), 'polysem-bench-'));
  const pathOf = (name) => join(folder, `${name}.npy`);
  return {
    pathOf,
    /** Gives every peer an array under a name. */
    async send(name, shape, data) {
      if (peers.length === 0) return;
      await writeFile(pathOf(name), encodeNpy({ shape, data }));
      await Promise.all(peers.map((p) => p.ask({ request: 'load', name, path: pathOf(name) })));
    },
    /** Lets every peer drop an array. */
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
