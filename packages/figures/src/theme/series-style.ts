/** The look of one of several series. */
export interface SeriesStyle {
  /** Classes of the style sheet: one draws lines, one fills areas. */
  readonly line: string;
  readonly fill: string;
  readonly dash: string | undefined;
}

/** Styles by number. Each has dashes of its own, so no two lines differ only in colour. */
const STYLES: readonly SeriesStyle[] = [
  { line: 'ps-l0', fill: 'ps-b0', dash: undefined },
  { line: 'ps-l1', fill: 'ps-b1', dash: '7 3' },
  { line: 'ps-rule', fill: 'ps-ink', dash: '2 3' },
  { line: 'ps-l2', fill: 'ps-b2', dash: '9 3 2 3' },
  { line: 'ps-l3', fill: 'ps-b3', dash: '4 4' },
  { line: 'ps-l6', fill: 'ps-b6', dash: '12 4' },
  { line: 'ps-l5', fill: 'ps-b5', dash: '3 6' },
  { line: 'ps-l4', fill: 'ps-b4', dash: '10 3 2 3 2 3' },
];

/** The style of series number i, counted from 0. */
export function seriesStyle(i: number): SeriesStyle {
  return STYLES[i % STYLES.length];
}
