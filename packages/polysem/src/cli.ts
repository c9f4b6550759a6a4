/**
 * The polysem command, for programs that call it.
 *
 * @module
 */
export * from '@polysem/cli';
