/** An error as plain data, since not everything that is thrown can be sent between threads. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Makes plain data of whatever was thrown. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}

/** The error that was sent: a RangeError if it was one, else an Error with the same name. */
export function receivedError({ name, message, stack }: SentError): Error {
  const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
  return Object.assign(error, { name, ...(stack === undefined ? {} : { stack }) });
}
