// Shows the lab in a frame of its own, gives it the file, and takes the selection back.

/** The theme of the notebook; null if it follows the system. */
function themeOfNotebook() {
  const { dataset, classList } = document.body;
  if (dataset.jpThemeLight !== undefined) return dataset.jpThemeLight === 'true' ? 'light' : 'dark';
  if (dataset.vscodeThemeKind !== undefined)
    return /light/.test(dataset.vscodeThemeKind) ? 'light' : 'dark';
  for (const theme of ['light', 'dark']) if (classList.contains(theme)) return theme;
  return null;
}

function render({ model, el }) {
  const address = URL.createObjectURL(new Blob([model.get('_page')], { type: 'text/html' }));
  const frame = document.createElement('iframe');
  // Without the rights of the notebook: what the frame shows cannot reach its server or files.
  frame.setAttribute('sandbox', 'allow-scripts allow-downloads');
  frame.title = 'polysem lab';
  frame.style.cssText = 'display:block;width:100%;border:0';
  const resize = () => (frame.style.height = `${model.get('height')}px`);
  resize();
  const listen = ({ source, data }) => {
    if (source !== frame.contentWindow) return;
    if (data?.kind === 'polysem-ready') {
      const files = [{ name: model.get('_name'), bytes: model.get('_bytes') }];
      const [matrix, how] = [model.get('_matrix'), model.get('_how')];
      const message = { kind: 'polysem-open', files, matrix, how, theme: themeOfNotebook() };
      // The origin of the frame is opaque.
      source.postMessage(message, '*');
    } else if (data?.kind === 'polysem-selection') {
      model.set('selection', data.features);
      model.save_changes();
    }
  };
  window.addEventListener('message', listen);
  model.on('change:height', resize);
  frame.src = `${address}#embed=1&page=model`;
  el.append(frame);
  return () => {
    window.removeEventListener('message', listen);
    model.off('change:height', resize);
    URL.revokeObjectURL(address);
  };
}

export default { render };
