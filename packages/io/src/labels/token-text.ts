/*
 * Tokens as readable text: bytes are decoded, spaces become visible, bytes that are not text become <0x..>.
 */

/**
 * The bytes that byte-level vocabularies write as other characters: those that do not print, in order, as U+0100 and
 * above (the table of the GPT-2 encoder).
 */
const BYTE_OF: ReadonlyMap<string, number> = byteTable();

function byteTable(): Map<string, number> {
  const table = new Map<string, number>();
  let hidden = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    table.set(String.fromCodePoint(prints(byte) ? byte : hidden++), byte);
  }
  return table;
}

function prints(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/**
 * Returns whether a vocabulary uses the byte-level alphabet: some token begins with its space and none with that of
 * SentencePiece.
 */
export function isByteLevel(tokens: readonly string[]): boolean {
  return tokens.some((token) => token.startsWith('\u0120')) && !tokens.some(hasSentencePieceSpace);
}

function hasSentencePieceSpace(token: string): boolean {
  return token.startsWith('\u2581');
}

/** Decodes a token of a byte-level vocabulary. */
export function byteLevelText(token: string): string {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF.get(character);
    // Added tokens, such as <|endoftext|>, are plain text and may leave the alphabet.
    if (byte === undefined) return visible(token);
    bytes.push(byte);
  }
  return bytesText(Uint8Array.from(bytes));
}

/** Decodes bytes as UTF-8 if possible, otherwise one by one. */
function bytesText(bytes: Uint8Array): string {
  try {
    return visible(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return Array.from(bytes, (byte) =>
      byte >= 0x21 && byte <= 0x7e ? String.fromCodePoint(byte) : hex(byte),
    ).join('');
  }
}

/** Decodes a token of any other vocabulary; the mark of SentencePiece becomes a space. */
export function plainText(token: string): string {
  return visible(token.replaceAll('\u2581', ' '));
}

/** Shows spaces as an open box, and characters that do not print by their code. */
function visible(text: string): string {
  return text
    .replaceAll(' ', '\u2423')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}]/gu, (c) => hex(c.codePointAt(0) ?? 0));
}

function hex(value: number): string {
  return `<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`;
}
