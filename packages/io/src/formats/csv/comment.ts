/** Returns whether a line begins as comments do. */
export function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}
