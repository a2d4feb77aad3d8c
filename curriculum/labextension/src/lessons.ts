import { PageConfig } from '@jupyterlab/coreutils';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { Api } from './api';
import { Cards } from './cards';
import { Lesson } from './lesson';
import { ActiveMinutes } from './minutes';
import { browserStorage, Store } from './store';
import { Summary } from './summary';
import { Watch } from './watch';

/** The open notebooks as lessons, with what is drawn in each. */
export class Lessons {
  readonly minutes: ActiveMinutes;
  readonly watch = new Watch();
  private readonly lessons = new Map<NotebookPanel, { lesson: Lesson; cards: Cards }>();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _scored = new Signal<this, void>(this);

  constructor(
    private readonly api: Api,
    private readonly tracker: INotebookTracker,
    baseUrl: string
  ) {
    const store = new Store(browserStorage(), crypto.getRandomValues(new Uint32Array(2)).join('-'));
    // At one address there is one course after another, and on a shared machine one learner after another.
    const owner = async () => JSON.stringify([baseUrl, PageConfig.getOption('serverRoot'), (await api.progress()).learner]);
    this.minutes = new ActiveMinutes(api, store, () => this.counted(), owner);
    this.minutes.sent.connect((_, { day, seconds }) => this.lessons.forEach(({ lesson }) => lesson.counted(day, seconds)));
    this.minutes.refused.connect(() => this.reload());
    tracker.forEach(panel => this.add(panel));
    tracker.widgetAdded.connect((_, panel) => this.add(panel));
    tracker.currentChanged.connect(() => this._changed.emit());
    // Another window, or the terminal, may have checked meanwhile.
    window.addEventListener('focus', () => this.reload());
  }

  /** Which lesson is in front, or what is known of it, has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Points, minutes or readings of a lesson have changed. */
  get scored(): ISignal<this, void> {
    return this._scored;
  }

  /** The lesson in front; null where the current notebook is none. */
  get current(): Lesson | null {
    const panel = this.tracker.currentWidget;
    const lesson = panel ? this.of(panel) : null;
    return lesson?.data ? lesson : null;
  }

  of(panel: NotebookPanel): Lesson {
    return this.add(panel).lesson;
  }

  show(lesson: Lesson, exercise: string): void {
    void this.add(lesson.panel).cards.show(exercise, true);
  }

  /** Reads anew what the server knows of the open lessons. */
  reload(): void {
    this.lessons.forEach(({ lesson }) => reread(lesson));
  }

  /** Another tab is in front: a lesson may come from behind the terminal that has checked it. */
  turned(front: Widget | null): void {
    const there = this.lessons.get(front as NotebookPanel);
    if (there) {
      reread(there.lesson);
    }
  }

  /** A learner saves what is in front, or `all`. */
  saving(front: Widget | null, all: boolean): void {
    this.lessons.forEach(({ lesson }, panel) => {
      if (all || panel === front) {
        this.watch.saving(lesson);
      }
    });
  }

  private add(panel: NotebookPanel): { lesson: Lesson; cards: Cards } {
    const known = this.lessons.get(panel);
    if (known) {
      return known;
    }
    const lesson = new Lesson(panel, this.api);
    const cards = new Cards(lesson);
    const found = { lesson, cards };
    this.lessons.set(panel, found);
    panel.contentHeader.addWidget(new Summary(lesson, this.minutes, name => void cards.show(name, true)));
    const parts: IDisposable[] = [lesson, cards, this.watch.over(lesson)];
    panel.disposed.connect(() => {
      this.lessons.delete(panel);
      parts.forEach(part => part.dispose());
    });
    lesson.changed.connect(() => this._changed.emit());
    lesson.scored.connect(() => this._scored.emit());
    return found;
  }

  /** The day whose minutes run now. */
  private counted(): string | null {
    const lesson = this.current;
    return lesson?.data?.counting && lesson.panel.isVisible ? lesson.data.day : null;
  }
}

function reread(lesson: Lesson): void {
  if (!lesson.busy && (lesson.data || lesson.problem)) {
    void lesson.load();
  }
}
