import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { labFolder } from '@polysem/lab/folder';
import type { LabFlags } from '../commands/lab.ts';
import { UsageError } from '../errors.ts';
import { folderServer, isOwnName } from '../lab/folder-server.ts';
import { labFiles } from '../lab/lab-files.ts';
import { note, print } from '../output.ts';
import { parseInteger } from '../parse.ts';

/** Runs `polysem lab`. */
export async function lab(location: string | undefined, flags: LabFlags): Promise<void> {
  const port = parseInteger(flags.port, '--port', 0, 65_535);
  const { files, hash } = await labFiles(location);
  const server = folderServer(await labFolder(), files, !isOwnName(flags.host));
  await listen(server, port, flags.host);
  const { port: actual } = server.address() as AddressInfo;
  const host = flags.host.includes(':') ? `[${flags.host}]` : flags.host;
  const url = `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${actual}/${hash}`;
  print(url);
  note('serving the lab; Ctrl-C ends it');
  if (flags.open === true) openInBrowser(url);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  server.close();
  server.closeAllConnections();
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Readonly<Record<string, string>> = {
        EADDRINUSE: `--port: ${port} is in use; give another, or 0 for any that is free`,
        EACCES: `--port: ${port} needs more rights; give a port above 1023`,
        EADDRNOTAVAIL: `--host: ${host} is not an address of this machine; try 127.0.0.1`,
        ENOTFOUND: `--host: ${host} is not known; try 127.0.0.1`,
      };
      const reason = reasons[error.code ?? ''];
      reject(reason === undefined ? error : new UsageError(reason));
    });
    server.listen(port, host, resolve);
  });
}

function openInBrowser(url: string): void {
  const [program, ...words] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
  child.on('error', () => note(`no browser could be opened; open ${url}`));
  child.unref();
}
