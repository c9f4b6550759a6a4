import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { fileExtensions } from '@polysem/io/formats';
import { labFolder } from '@polysem/lab/folder';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { folderServer } from '../lab/folder-server.ts';
import { labFiles } from '../lab/lab-files.ts';
import { note, print } from '../output.ts';
import { parseInteger } from '../parse.ts';

interface LabFlags {
  readonly host: string;
  readonly port: string;
  readonly open?: boolean;
}

/** `polysem lab`: serves the lab, a page that predicts, trains and draws in the browser. */
export function labCommand(command: Command): void {
  command
    .argument(
      '[file]',
      `file to open: JSON of phase --json, measure --json or train --history --json; what train --out wrote; weights (${fileExtensions('tensors').join(', ')}, or an index of shards); an address of weights: http(s)://.. or hf://owner/model; or a link of the lab from # on, in quotes: '#v=1&n=5&d=2'`,
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all networks', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any that is free', '4765')
    .option('--open', 'open the page in the default browser')
    .addHelpText(
      'after',
      '\nThe page computes in the browser. A file is read where it is, not copied. Ctrl-C ends the server.',
    )
    .action(lab);
}

async function lab(location: string | undefined, flags: LabFlags): Promise<void> {
  const port = parseInteger(flags.port, '--port', 0, 65_535);
  const { files, hash } = await labFiles(location);
  const server = folderServer(await labFolder(), files);
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
