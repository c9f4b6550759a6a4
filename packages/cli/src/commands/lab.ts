import { tensorExtensions } from '@polysem/io/extensions';
import type { Command } from 'commander';

/** Flags of `polysem lab`. */
export interface LabFlags {
  readonly host: string;
  readonly port: string;
  readonly open?: boolean;
}

/** `polysem lab`: serves the lab, a page that predicts, trains and draws in the browser. */
export function labCommand(command: Command): void {
  command
    .argument(
      '[file]',
      `file to open: JSON of phase --json, measure --json or train --history --json; what train --out wrote; weights (${tensorExtensions.join(', ')}, or an index of shards); an address of weights: http(s)://.. or hf://owner/model; or a link of the lab from # on, in quotes: '#v=1&n=5&d=2'`,
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all networks', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any that is free', '4765')
    .option('--open', 'open the page in the default browser')
    .addHelpText(
      'after',
      '\nThe page computes in the browser. A file is read where it is, not copied. Ctrl-C ends the server.',
    );
}
