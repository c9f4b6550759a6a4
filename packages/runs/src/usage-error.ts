/** Bad input: what the user typed or gave does not fit. The command line prints one line and ends with exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
