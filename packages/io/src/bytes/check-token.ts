import { FormatError } from './format-error.ts';

/**
 * Checks that a token can be sent in a header. The error never shows the token.
 *
 * @param name the file in the error.
 * @throws FormatError if it is empty or holds a line break, a space or another character that no token has.
 */
export function checkToken(token: string, name: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new FormatError(
    name,
    'the token holds a line break, a space or another character that no token has; set HF_TOKEN again, to the token alone',
  );
}
