import { DocumentRegistry } from '@jupyterlab/docregistry';
import { DisposableDelegate, IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Lesson } from './lesson';

/** One saving is told in several signals, and a learner may save twice. Milliseconds. */
const QUIET = 300;

/** With it on, saving a lesson checks it. What JupyterLab saves by itself is none of it: half a line is no try. */
export class Watch {
  private readonly _changed = new Signal<this, void>(this);
  private _on = false;
  /** The lessons whose saving somebody has asked for, until it begins. */
  private readonly asked = new Set<Lesson>();

  get on(): boolean {
    return this._on;
  }

  set on(value: boolean) {
    if (value !== this._on) {
      this._on = value;
      this._changed.emit();
    }
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A learner saves a lesson: the saving that begins next is theirs. */
  saving(lesson: Lesson): void {
    this.asked.add(lesson);
  }

  /** Listens to a lesson's savings, but for those that a check makes itself. */
  over(lesson: Lesson): IDisposable {
    const { context } = lesson.panel;
    let timer = 0;
    let theirs = false;
    const check = () => {
      if (lesson.busy) {
        timer = window.setTimeout(check, QUIET); // saved during a check: that work is not in it
      } else if (this._on && !lesson.isDisposed) {
        void lesson.check();
      }
    };
    const saved = (_: unknown, state: DocumentRegistry.SaveState) => {
      const asked = this.asked.delete(lesson);
      if (state === 'completed' && theirs && this._on && lesson.data) {
        window.clearTimeout(timer);
        timer = window.setTimeout(check, QUIET);
      }
      // One that is cancelled is told as begun only.
      theirs = state === 'started' && asked;
    };
    context.saveState.connect(saved);
    return new DisposableDelegate(() => {
      window.clearTimeout(timer);
      this.asked.delete(lesson);
      context.saveState.disconnect(saved);
    });
  }
}
