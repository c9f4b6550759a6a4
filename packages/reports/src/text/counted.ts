/** How many there are of something, in words: `1 feature`, `2 features`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
