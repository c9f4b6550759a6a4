/** Returns the name of a file without its folders and without an extension that matches the pattern. */
export function stem(path: string, extension: RegExp): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(extension, '');
}
