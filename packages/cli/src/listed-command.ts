import type { Command } from 'commander';

/** A command of `polysem`. Its module is loaded when the command is used, so that starting takes little time. */
export interface ListedCommand {
  readonly name: string;
  readonly description: string;
  /** Arguments, as the list of commands shows them; the module declares them. */
  readonly shown: string;
  /** Loads the flags. */
  readonly load: () => Promise<(command: Command) => void>;
  /** Loads the action, when the command runs: help needs the flags alone. Absent if the command has subcommands. */
  readonly run?: () => Promise<Parameters<Command['action']>[0]>;
}

/** Adds a listed command, without its flags, to a program or to the command that it belongs to. */
export function addCommand(parent: Command, { name, description, run }: ListedCommand): Command {
  const command = parent.command(name).description(description);
  if (run === undefined) return command;
  return command.action(async (...given: unknown[]) => (await run()).apply(command, given));
}
