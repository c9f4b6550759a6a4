export { UsageError } from '@polysem/runs/usage-error';

/** The end of a command with a code of its own, and one line that says why. */
export class EndWithCode extends Error {
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** Flags whose names differ from the fields that messages of the packages name. */
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

/** The flag of a field: `--hidden-activation` for `hiddenActivation`. */
export function flagOf(name: string): string {
  return FLAGS[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Turns a message "field: what is wrong" into "--flag: what is wrong". Drops the field if the command has no such flag: the
 * name of a function or of a derived field means nothing to the user.
 */
export function inFlagTerms(message: string, flags: ReadonlySet<string>): string {
  // For a nested field, the outer field has the flag.
  const match = /^([a-zA-Z]+)(?:\.[a-zA-Z]+)?: /.exec(message);
  if (match === null) return message;
  const flag = flagOf(match[1]);
  const what = message.slice(match[0].length);
  return flags.has(flag) ? `${flag}: ${what}` : what;
}
