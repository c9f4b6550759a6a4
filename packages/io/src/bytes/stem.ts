/** The name of a file without its folders and without an extension that the pattern finds at the end. */
export function stem(path: string, extension: RegExp): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(extension, '');
}
