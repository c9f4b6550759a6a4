/** Bad input: what the user typed or gave does not fit. Ends in one line and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** Fields of the core's messages that the command line calls otherwise. */
const FLAGS: Readonly<Record<string, string>> = {
  degreesOfFreedom: '--degrees-of-freedom',
  learningRate: '--lr',
  restarts: '--seeds',
  optimiser: '--optimizer',
  task: '--model',
  stopping: '--early-stop',
  initialisation: '--init',
  inputs: '--density',
  marginal: '--density',
};

/** A core message "field: what is wrong" as the user's "--flag: what is wrong". */
export function inFlagTerms(message: string): string {
  // Of a field within a field the outer one has a flag.
  const match = /^([a-zA-Z]+)(?:\.[a-zA-Z]+)?: /.exec(message);
  if (match === null) return message;
  const flag =
    FLAGS[match[1]] ?? `--${match[1].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return `${flag}: ${message.slice(match[0].length)}`;
}
