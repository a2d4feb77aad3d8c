import { LabIcon } from '@jupyterlab/ui-components';

/** Drawn in the colour of the text around them. */
function icon(name: string, body: string): LabIcon {
  const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${body}</svg>`;
  return new LabIcon({ name: `stateless-mind:${name}`, svgstr });
}

/** The side panel: a path of days, some of them done. Filled as JupyterLab's side bar wants it. */
export const planIcon = new LabIcon({
  name: 'stateless-mind:plan',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M5 2.5a3 3 0 0 1 1 5.83v2.17h9a4.5 4.5 0 0 1 4.4 3.55 3 3 0 1 1-2.06.04A2.5 2.5 0 0 0 15 12.5H6v3.17a3 3 0 1 1-2 0V8.33A3 3 0 0 1 5 2.5Z"/></svg>'
});

export const checkIcon = new LabIcon({
  name: 'stateless-mind:check',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M9.2 16.2 4.9 11.9l-1.5 1.5 5.8 5.8L21.4 7 19.9 5.5z"/></svg>'
});

export const watchIcon = new LabIcon({
  name: 'stateless-mind:watch',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><path class="jp-icon3" fill="#616161" d="M12 5C6.5 5 2.6 9.4 1.2 12c1.4 2.6 5.3 7 10.8 7s9.4-4.4 10.8-7C21.4 9.4 17.5 5 12 5Zm0 12c-4 0-7-3-8.5-5C5 10 8 7 12 7s7 3 8.5 5c-1.5 2-4.5 5-8.5 5Zm0-8a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z"/></svg>'
});

/** A shape of its own for each state, so that nothing hangs on colour alone. */
const STATES: Record<string, LabIcon> = {
  correct: icon('correct', '<circle cx="8" cy="8" r="6.6"/><path d="m5 8.3 2.2 2.2L11.2 6"/>'),
  done: icon('done', '<circle cx="8" cy="8" r="6.6"/><path d="m5 8.3 2.2 2.2L11.2 6"/>'),
  almost: icon('almost', '<circle cx="8" cy="8" r="6.6"/><path fill="currentColor" stroke="none" d="M8 3.5a4.5 4.5 0 0 1 0 9z"/>'),
  tried: icon('tried', '<circle cx="8" cy="8" r="6.6"/><path fill="currentColor" stroke="none" d="M8 3.5a4.5 4.5 0 0 1 0 9z"/>'),
  wrong: icon('wrong', '<path d="m3.5 3.5 9 9m0-9-9 9"/>'),
  crashed: icon('crashed', '<path d="M8 1.8 15 14H1z"/><path d="M8 6.5v3.2m0 2.1v.1"/>'),
  'timed out': icon('timed-out', '<path d="M3.5 1.5h9m-9 13h9M4.5 1.5c0 4 3.5 5 3.5 6.5s-3.5 2.5-3.5 6.5m7-13c0 4-3.5 5-3.5 6.5s3.5 2.5 3.5 6.5"/>'),
  started: icon('started', '<circle cx="8" cy="8" r="6.6"/><circle cx="8" cy="8" r="1.6" fill="currentColor"/>'),
  'not written': icon('not-written', '<path d="M4 8h8"/>')
};
const OPEN = icon('open', '<circle cx="8" cy="8" r="6.6"/>');

/** The shape of a state, for the eye alone: the word stands beside it. */
export function shape(state: string): HTMLElement {
  const node = (STATES[state] ?? OPEN).element({ tag: 'span' });
  node.classList.add('mind-shape');
  node.dataset['state'] = state;
  node.setAttribute('aria-hidden', 'true');
  return node;
}
