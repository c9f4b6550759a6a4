const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A name as one line of a terminal, whatever a file calls its tensors or a table its features: nothing in it moves the cursor. */
export function labelText(label: string): string {
  return label.replaceAll(UNSEEN, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/** A name as a shell takes it as one word; what cannot be seen is written as bash reads it. */
export function shellWord(name: string): string {
  if (/^[\w./:-]+$/.test(name)) return name;
  if (!name.match(UNSEEN)) return `'${name.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = name
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll(
      UNSEEN,
      (c) => String.raw`\U` + (c.codePointAt(0) ?? 0).toString(16).padStart(8, '0'),
    );
  return `$'${escaped}'`;
}
