export { UsageError } from '@polysem/runs';

/** Fields of the core's messages that the command line calls otherwise. */
const FLAGS: Readonly<Record<string, string>> = {
  learningRate: '--lr',
  restarts: '--seeds',
  optimiser: '--optimizer',
  task: '--model',
  stopping: '--early-stop',
  initialisation: '--init',
  inputs: '--density',
  marginal: '--density',
};

/** The flag of an option's name in the program, such as `--hidden-activation` of `hiddenActivation`. */
export function flagOf(name: string): string {
  return FLAGS[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * A core message "field: what is wrong" as the user's "--flag: what is wrong"; without the field where the command has no
 * such flag, since a function's name, or a field that follows from others, says nothing to who typed the command.
 */
export function inFlagTerms(message: string, flags: ReadonlySet<string>): string {
  // Of a field within a field the outer one has a flag.
  const match = /^([a-zA-Z]+)(?:\.[a-zA-Z]+)?: /.exec(message);
  if (match === null) return message;
  const flag = flagOf(match[1]);
  const what = message.slice(match[0].length);
  return flags.has(flag) ? `${flag}: ${what}` : what;
}
