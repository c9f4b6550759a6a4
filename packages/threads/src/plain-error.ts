import type { SentError } from './messages.ts';

/** An error as plain data. */
export function plainError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

/** The error that was sent, of its own kind where it is a common one. */
export function errorOfSent({ name, message, stack }: SentError): Error {
  const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
  return Object.assign(error, { name, ...(stack === undefined ? {} : { stack }) });
}
