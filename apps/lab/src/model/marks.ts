/** A vertical line with a text. */
export interface Mark {
  /** Place of the line in pixels. */
  readonly at: number;
  readonly text: string;
}

/** A mark whose text stands before the line, or behind it. */
export interface PlacedMark extends Mark {
  readonly isBefore: boolean;
}

/** Pixels of a letter, and between a text and its line. */
const LETTER = 6.2;
const GAP = 6;

/** Pixels that a text of size 12 takes beside its line. */
export const wide = ({ text }: Pick<Mark, 'text'>): number => LETTER * text.length + GAP;

/**
 * Places the texts of marks, each in a row of its own from the top, where its line begins. Lines go down through the rows
 * below; if all texts fit on one side, their order is such that no line crosses a text.
 */
export function placedMarks(marks: readonly Mark[], width: number): readonly PlacedMark[] {
  const sorted = marks.toSorted((a, b) => a.at - b.at);
  if (sorted.every((mark) => mark.at >= wide(mark)))
    return sorted.toReversed().map(({ at, text }) => ({ at, text, isBefore: true }));
  if (sorted.every((mark) => mark.at + wide(mark) <= width))
    return sorted.map(({ at, text }) => ({ at, text, isBefore: false }));
  return sorted.map(({ at, text }) => ({ at, text, isBefore: at > width / 2 }));
}
