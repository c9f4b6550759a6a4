/** Parts of arXiv:2210.01892 into which claims are grouped, in the order of the paper. */
export const paperSections = {
  allocation: 'Section 2: capacity and its best allocation',
  quadratic: 'Sections 3.1 to 3.3: the quadratic model and its optimum',
  phases: 'Sections 3.4 to 3.6: the phase diagram and its critical point',
  architectures: 'Section 3.7: other architectures',
  efficient: 'Sections 4.1 to 4.3: efficient matrices',
  blocks: 'Sections 4.4 to 4.6: blocks of trained networks',
  appendices: 'Appendices: correlation and leverage',
} as const;

/** The heading of one of {@link paperSections}. */
export type PaperSection = (typeof paperSections)[keyof typeof paperSections];
