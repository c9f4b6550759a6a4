// Formulas in Markdown: `$..$` in a line, and blocks fenced by ```math, as code hosts render them too.
import katex from 'katex';

const render = (text, displayMode) =>
  katex.renderToString(text, { displayMode, throwOnError: true, strict: 'error' });

/** A formula with the punctuation after it, which must not begin a line. Lines break within long formulas only. */
function inLine(text, punctuation) {
  const html = render(text, false) + punctuation;
  return text.length > 50 ? html : `<span class="formula-in-line">${html}</span>`;
}

/** Adds formulas to a markdown-it parser. */
export function addMath(parser) {
  parser.inline.ruler.before('escape', 'formula', formula);
  parser.renderer.rules.formula = (tokens, at) => inLine(tokens[at].content, tokens[at].info);
  const { fence } = parser.renderer.rules;
  parser.renderer.rules.fence = (tokens, at, ...rest) =>
    tokens[at].info.trim() === 'math'
      ? `<div class="formula" tabindex="0" role="group" aria-label="Formula">${render(tokens[at].content, true)}</div>`
      : fence(tokens, at, ...rest);
}

/** `$..$` with no space inside the marks, so that amounts of money and shell variables stay text. */
const FORMULA = /\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)([.,;:)]?)/y;

function formula(state, silent) {
  FORMULA.lastIndex = state.pos;
  const found = FORMULA.exec(state.src);
  if (found === null || found.index !== state.pos) return false;
  if (!silent) {
    const token = state.push('formula', 'span', 0);
    [, token.content, token.info] = found;
  }
  state.pos += found[0].length;
  return true;
}
