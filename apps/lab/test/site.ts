import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { folderServer } from '../../../packages/cli/src/lab/folder-server.ts';
import { labFolder } from '../folder.js';

/** Serves the built lab on this machine. */
export async function serveLab(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = folderServer(await labFolder());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
