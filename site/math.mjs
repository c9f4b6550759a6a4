// Formulas in Markdown: `$..$` in a line, and blocks fenced by ```math, as code hosts render them too.
import katex from 'katex';

const render = (text, displayMode) =>
  katex.renderToString(text, { displayMode, throwOnError: true, strict: 'error' });

/** Adds formulas to a markdown-it parser. */
export function addMath(parser) {
  parser.inline.ruler.before('escape', 'formula', formula);
  parser.renderer.rules.formula = (tokens, at) => render(tokens[at].content, false);
  const { fence } = parser.renderer.rules;
  parser.renderer.rules.fence = (tokens, at, ...rest) =>
    tokens[at].info.trim() === 'math'
      ? `<div class="formula" tabindex="0" role="group" aria-label="Formula">${render(tokens[at].content, true)}</div>`
      : fence(tokens, at, ...rest);
}

/** `$..$` with no space inside the marks, so that amounts of money and shell variables stay text. */
const FORMULA = /\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/y;

function formula(state, silent) {
  FORMULA.lastIndex = state.pos;
  const found = FORMULA.exec(state.src);
  if (found === null || found.index !== state.pos) return false;
  if (!silent) state.push('formula', 'span', 0).content = found[1];
  state.pos += found[0].length;
  return true;
}
