import { Cell } from '@jupyterlab/cells';
import { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { PanelLayout } from '@lumino/widgets';

import { Card } from './card';
import { Lesson } from './lesson';
import { gradeId } from './work';

/**
 * The cards of a lesson, each in the cell whose work it speaks of.
 *
 * A card is a child of its cell's widget, which JupyterLab takes out of the page and puts back as one scrolls; where a
 * cell is made anew (moved, reverted) the card moves on to it.
 */
export class Cards implements IDisposable {
  private readonly cards = new Map<string, Card>();
  /** The cell that an exercise's card belongs to. */
  private readonly cells = new Map<string, Cell>();
  private timer: number | undefined;

  constructor(private readonly lesson: Lesson) {
    const { content } = lesson.panel;
    lesson.changed.connect(this.refresh, this);
    lesson.pointed.connect((_, name) => void this.show(name), this);
    content.modelContentChanged.connect(this.edited, this);
    lesson.panel.disposed.connect(this.dispose, this);
    this.refresh();
  }

  get isDisposed(): boolean {
    return this.lesson.isDisposed;
  }

  dispose(): void {
    Signal.clearData(this);
    this.cards.forEach(card => card.dispose());
    this.cards.clear();
  }

  /** Brings an exercise into view; with `focus`, the keyboard goes there too. */
  async show(name: string, focus = false): Promise<void> {
    const card = this.cards.get(name);
    const cell = this.cells.get(name);
    const { content } = this.lesson.panel;
    if (!card || card.isDisposed || !cell || cell.isDisposed) {
      return;
    }
    await content.scrollToItem(content.widgets.indexOf(cell), 'smart');
    await cell.ready;
    await settled();
    card.node.scrollIntoView({ block: 'nearest' });
    if (focus) {
      card.focus();
    }
  }

  /** After an edit: soon, but not for every letter. */
  private edited(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      if (!this.isDisposed) {
        this.refresh();
      }
    }, 150);
  }

  private refresh(): void {
    const exercises = this.lesson.data?.exercises ?? [];
    const known = new Set(exercises.map(exercise => exercise.name));
    for (const [name, card] of this.cards) {
      if (!known.has(name)) {
        card.dispose();
        this.cards.delete(name);
      }
    }
    const cells = new Map<string, Cell>();
    for (const cell of this.lesson.panel.content.widgets) {
      const id = gradeId(cell.model);
      if (id && !cells.has(id)) {
        cells.set(id, cell); // of copies the first: it is the one that is graded
      }
    }
    for (const exercise of exercises) {
      const cell = exercise.cells.map(id => cells.get(id)).filter(found => found !== undefined).pop();
      if (cell) {
        this.place(exercise.name, cell);
      }
    }
  }

  private place(name: string, cell: Cell): void {
    let card = this.cards.get(name);
    if (!card || card.isDisposed) {
      card = new Card(this.lesson, name, this.lesson.panel.content.rendermime);
      this.cards.set(name, card);
    }
    card.refresh();
    this.cells.set(name, cell);
    if (card.parent === cell) {
      return;
    }
    const placed = card;
    // A cell far from view is an empty shell until it is drawn for the first time.
    void cell.ready.then(() => {
      if (!placed.isDisposed && !cell.isDisposed && this.cells.get(name) === cell && placed.parent !== cell) {
        (cell.layout as PanelLayout).addWidget(placed);
      }
    });
  }
}

/** Resolves when what was changed has been laid out: the summary above the notebook may have grown. */
function settled(): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, 60));
}
