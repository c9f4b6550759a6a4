/** Groups the indices 0 .. count - 1 by equal `numbers`, in order of first occurrence. */
export function classes(
  count: number,
  numbers: (at: number) => readonly number[],
): readonly (readonly number[])[] {
  const known = new Map<string, number[]>();
  for (let at = 0; at < count; at++) {
    const key = numbers(at).join(' ');
    const members = known.get(key);
    if (members) members.push(at);
    else known.set(key, [at]);
  }
  return [...known.values()];
}
