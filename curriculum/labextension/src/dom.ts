/** Building elements from data. Everything goes through `textContent`: what a learner's code printed is never markup. */

import { afterPress } from './press';

type Child = Node | string | null;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

/** An element with attributes, listeners (`onclick` and the like) and children; `false` leaves an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      node.addEventListener(name.slice(2), value);
    } else if (value !== false) {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...children.filter(child => child !== null));
  return node;
}

/** A button. `key` names it within its widget, so that it keeps the focus when the widget is drawn anew. */
export function button(
  key: string,
  label: string,
  onclick: () => void,
  attributes: Attributes = {}
): HTMLButtonElement {
  return el('button', { type: 'button', class: 'mind-button', 'data-key': key, onclick, ...attributes }, label);
}

/** A sentence in which `words between backticks` are code. */
export function prose(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  text.split(/`([^`\n]+)`/).forEach((part, position) => {
    fragment.append(position % 2 ? el('code', {}, part) : part);
  });
  return fragment;
}

/**
 * Draw a widget's content anew; while something in it is pressed, after that. What was unfolded stays so, and what had
 * the focus has it again (by `data-key`); where that is gone, `fallback` takes it.
 */
export function redraw(node: HTMLElement, content: () => Child[], fallback?: string): void {
  afterPress(node, () => replace(node, content(), fallback));
}

function replace(node: HTMLElement, content: Child[], fallback?: string): void {
  const open = new Map<string, boolean>();
  for (const details of node.querySelectorAll<HTMLDetailsElement>('details[data-key]')) {
    open.set(details.dataset['key']!, details.open);
  }
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && node.contains(active) ? active : null;
  const scroll = node.scrollTop;
  node.replaceChildren(...content.filter(child => child !== null));
  for (const details of node.querySelectorAll<HTMLDetailsElement>('details[data-key]')) {
    details.open = open.get(details.dataset['key']!) ?? details.open;
  }
  node.scrollTop = scroll;
  if (focused) {
    const again = find(node, focused.dataset['key']) ?? (fallback ? node.querySelector<HTMLElement>(fallback) : null);
    again?.focus({ preventScroll: true });
  }
}

function find(node: HTMLElement, key: string | undefined): HTMLElement | null {
  return key ? node.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]:not(details):not(:disabled)`) : null;
}
