/**
 * Finds the first key that occurs twice in one object of a valid JSON text; undefined if there is none.
 *
 * JSON.parse silently keeps the last of the two, which would let a file be read in two ways.
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '}') open.pop();
    else if (character === '"') {
      const start = at;
      at += 1;
      while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
      if (!isKey(json, at + 1)) continue;
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

function isKey(json: string, afterString: number): boolean {
  let at = afterString;
  while (' \t\r\n'.includes(json[at] ?? '.')) at += 1;
  return json[at] === ':';
}
