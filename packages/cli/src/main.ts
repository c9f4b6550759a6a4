import { version } from '@polysem/core/version';
import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { EndWithCode, inFlagTerms, UsageError } from './errors.ts';
import { addCommand } from './listed-command.ts';

/** Exit codes: 0 done, 1 failed, 2 bad input; `polysem sweep` has 42 for what would fail again. */
const BAD_INPUT = 2;

/** Environment variables, for the help. */
const ENVIRONMENT = `
Environment:
  HF_TOKEN                  token for hf:// addresses of gated or private models
  HF_ENDPOINT               address of another hub than https://huggingface.co for hf://
  POLYSEM_PROGRESS=json     write progress as one JSON object per line of stderr, for programs
  POLYSEM_WIDE_VECTORS=off  train without 256-bit vectors, an experimental feature of V8: slower, with the same results`;

/**
 * Runs the command line.
 *
 * @param words arguments after `polysem`.
 * @returns the exit code.
 *
 * @example
 * ```js
 * import { main } from 'polysem/cli';
 * await main(['--version']); // 0
 * await main(['measure', '--threads', 'many', 'w.npy']); // 2
 * ```
 */
export async function main(words: readonly string[]): Promise<number> {
  // `polysem .. | head` closes the pipe early; that is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    void complain(`stdout: ${error.message}`, 1).then((code) => process.exit(code));
  });

  const program = new Command('polysem')
    .description('The laboratory for polysemanticity and superposition in neural networks')
    .version(version)
    .showHelpAfterError(false)
    .configureHelp({ subcommandTerm })
    .addHelpText('after', ENVIRONMENT);
  for (const listed of commands) {
    const command = addCommand(program, listed);
    // `polysem help measure` needs the flags too.
    // oxlint-disable-next-line no-await-in-loop
    if (words.includes(listed.name)) (await listed.load())(command);
  }
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync(words.slice(), { from: 'user' });
    return 0;
  } catch (error) {
    const command = program.commands.find((each) => each.name() === words[0]);
    const used = command?.commands.find((each) => each.name() === words[1]) ?? command;
    const flags = (used?.options ?? []).flatMap(({ long }) => long ?? []);
    return explain(error, new Set(flags));
  }
}

/** A command and all commands below it. */
function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** A command in the list of commands; its own flags and arguments may not be loaded. */
function subcommandTerm(command: Command): string {
  const shown = commands.find(({ name }) => name === command.name())?.shown ?? command.usage();
  return `${command.name()} ${shown}`;
}

async function explain(error: unknown, flags: ReadonlySet<string>): Promise<number> {
  if (error instanceof EndWithCode) return complain(error.message, error.code);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander answers `polysem` without a command with the help on stderr and this code.
    if (error.code === 'commander.help') return BAD_INPUT;
    return complain(error.message.replace(/^error: /, '').replaceAll('\n', ' '), BAD_INPUT);
  }
  const { FormatError } = await import('@polysem/io/bytes');
  if (error instanceof UsageError || error instanceof FormatError)
    return complain(error.message, BAD_INPUT);
  // Messages of polysem begin with a field or function; those of the JavaScript engine (out of memory, say) do not.
  if (error instanceof RangeError && /^[a-zA-Z.]+: /.test(error.message)) {
    return complain(inFlagTerms(error.message, flags), BAD_INPUT);
  }
  return complain(error instanceof Error ? error.message : String(error), 1);
}

async function complain(message: string, code: number): Promise<number> {
  const { note } = await import('./output.ts');
  note(`polysem: ${message.replaceAll('\n', ' ')}`);
  return code;
}
