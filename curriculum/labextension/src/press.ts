/** What a press holds stays where it is until the press is over: one whose button was replaced meanwhile is no click. */

/** A click follows the end of its press a little later, on a touch screen. Milliseconds. */
const CLICK = 100;

let held: Node | null = null;
let over = 0;
const waiting = new Map<Node, () => void>();

/** Runs `change` now, or after the press that holds something in `node`; of several changes the last. */
export function afterPress(node: Node, change: () => void): void {
  if (node.contains(held)) {
    waiting.set(node, change);
  } else {
    waiting.delete(node);
    change();
  }
}

function hold(what: Node | null): void {
  window.clearTimeout(over);
  held = what;
  for (const [node, change] of [...waiting]) {
    afterPress(node, change);
  }
}

function letGo(): void {
  window.clearTimeout(over);
  over = window.setTimeout(() => hold(null), CLICK);
}

document.addEventListener('pointerdown', event => hold(event.target as Node), true);
document.addEventListener('pointerup', letGo, true);
document.addEventListener('pointercancel', letGo, true);
document.addEventListener('keydown', event => event.key === ' ' && hold(event.target as Node), true);
document.addEventListener('keyup', event => event.key === ' ' && letGo(), true);
window.addEventListener('blur', letGo);
