import { NotebookPanel } from '@jupyterlab/notebook';
import { CommandRegistry } from '@lumino/commands';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Api, ApiError, CheckEvent, CUT_OFF, Exercise, LessonData, SolutionCell, words } from './api';
import { checkedElsewhere, Recorded, result } from './outcome';
import { count, points } from './words';
import { Work } from './work';

/**
 * One open notebook as a lesson: what the server knows of it, and what a learner can do with it. Draws nothing.
 *
 * `data` is null where the notebook is no lesson of the course, and until that is known.
 */
export class Lesson implements IDisposable {
  data: LessonData | null = null;
  /** True while the notebook is saved and graded. What is graded is shown before it is recorded. */
  busy = false;
  recording = false;
  /** What went wrong last, in words; "" when nothing did. */
  problem = '';
  /** What "Try again" does after a problem. */
  retry: () => Promise<void> = () => this.load();
  /** What to tell a screen reader, and to show beside the buttons. */
  message = `Check (${CommandRegistry.formatKeystroke('Accel Shift Enter')}) saves this lesson and says how each exercise stands.`;
  remarks: string[] = [];
  /** The exercise whose state or points the last check changed first. */
  first: string | null = null;
  /** What became of the last check's scores; null before a check. */
  recorded: Recorded | null = null;
  /** Worked solutions that were asked for, by exercise. */
  readonly solutions = new Map<string, SolutionCell[]>();
  /** The notebook's own part in it. */
  readonly work: Work;

  private readonly _changed = new Signal<this, void>(this);
  private readonly _scored = new Signal<this, void>(this);
  private readonly _pointed = new Signal<this, string>(this);
  private loading = 0;
  private checks = 0;

  constructor(
    readonly panel: NotebookPanel,
    private readonly api: Api
  ) {
    this.work = new Work(panel);
    panel.context.pathChanged.connect(this.load, this);
    panel.disposed.connect(this.dispose, this);
    void panel.context.ready.then(() => this.load());
  }

  /** Anything that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Points, minutes or readings have changed: the plan is to be read anew. */
  get scored(): ISignal<this, void> {
    return this._scored;
  }

  /** An exercise, by name, is to be brought into view. */
  get pointed(): ISignal<this, string> {
    return this._pointed;
  }

  get isDisposed(): boolean {
    return this.panel.isDisposed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  exercise(name: string): Exercise | null {
    return this.data?.exercises.find(one => one.name === name) ?? null;
  }

  /** Whether an exercise was changed since it was graded: as the server saw it in the file, or here, unsaved. */
  stale(exercise: Exercise): boolean {
    return exercise.state !== 'not attempted' && (exercise.stale || this.work.edited(exercise));
  }

  /** Reads what the server knows. A fault is shown only in notebooks that say that they are lessons. */
  async load(): Promise<void> {
    const turn = ++this.loading;
    try {
      const data = await this.api.lesson(this.panel.context.localPath);
      if (this.isDisposed || turn !== this.loading) {
        return;
      }
      this.problem = '';
      this.compare(data);
      this.take(data);
    } catch (error) {
      if (this.isDisposed || turn !== this.loading) {
        return;
      }
      this.retry = () => this.load();
      const { sharedModel } = this.panel.context.model;
      const ours = ['lesson', 'review'].some(key => sharedModel.getMetadata(key) !== undefined);
      this.problem = ours || this.data ? words(error) : '';
    }
    this._changed.emit();
  }

  /** Saves, has the file graded, and shows what comes back as it comes. */
  async check(): Promise<void> {
    if (!this.data) {
      return;
    }
    if (this.busy) {
      this.say('This lesson is being checked already; the result will appear here.');
      return;
    }
    const turn = ++this.checks;
    this.busy = true;
    this.recorded = null;
    this.problem = '';
    this.say('Saving…');
    try {
      const sources = this.work.sources(this.data.exercises);
      await this.work.save();
      this.say('Checking…');
      let told = false;
      await this.api.check(this.panel.context.localPath, event => {
        told ||= event.event !== 'graded';
        // Another check may have begun while this one is being recorded: the screen is that one's.
        if (turn === this.checks) {
          this.hear(event, sources);
        }
      });
      if (!told && turn === this.checks) {
        throw new ApiError(0, 'Cut off', CUT_OFF);
      }
    } catch (error) {
      if (turn === this.checks) {
        this.fail('Not checked', error, () => this.check());
      }
    } finally {
      if (turn === this.checks) {
        this.busy = false;
        this.recording = false;
      }
      this._changed.emit();
      this._scored.emit();
    }
  }

  async hint(exercise: Exercise): Promise<void> {
    await this.attempt('No hint', async day => {
      const hint = await this.api.hint(day, exercise.name, this.data!.path);
      this.loading++; // an answer on its way does not know of this
      (this.exercise(exercise.name) ?? exercise).hints[hint.number - 1] = hint.text;
      this.say(`Hint ${hint.number} of ${hint.of}`);
    });
  }

  async solution(exercise: Exercise, giveUp: boolean): Promise<void> {
    await this.attempt('No solution', async day => {
      const { cells } = await this.api.solution(day, exercise.name, this.data!.path, giveUp);
      this.solutions.set(exercise.name, cells);
      this.loading++;
      Object.assign(this.exercise(exercise.name) ?? exercise, { solution: 'shown', gave_up: exercise.gave_up || giveUp });
      this.say(`The worked solution of “${exercise.title}” is shown.`);
    });
  }

  hideSolution(exercise: Exercise): void {
    this.solutions.delete(exercise.name);
    this._changed.emit();
  }

  async read(reading: string, done: boolean): Promise<void> {
    await this.attempt('Not ticked', async day => {
      await this.api.read(day, reading, done);
      const one = this.data?.readings.find(({ id }) => id === reading);
      if (one) {
        one.done = done;
      }
      this.say(done ? 'Ticked as read.' : 'No longer ticked.');
      this._scored.emit();
    });
  }

  async correctMinutes(minutes: number): Promise<void> {
    await this.attempt('Not corrected', async day => {
      await this.api.correctMinutes(day, minutes);
      await this.load();
      this.say(`This lesson now has ${count(minutes, 'active minute')}.`);
      this._scored.emit();
    });
  }

  /** Told that a day has so many active seconds now. */
  counted(day: string, seconds: number): void {
    if (this.data?.day === day) {
      this.data.seconds = seconds;
      this._changed.emit();
    }
  }

  /** Puts an exercise, or with null the lesson, back to how it was released; where the old work is kept. */
  async reset(exercise: string | null): Promise<string | null> {
    let kept: string | null = null;
    await this.attempt('Not reset', async day => {
      await this.work.save();
      kept = (await this.api.reset(day, exercise)).kept;
      await this.panel.context.revert();
      this.solutions.clear();
      this.work.graded.clear();
      this.first = null;
      this.recorded = null;
      await this.load();
      this._scored.emit();
    });
    return kept;
  }

  /** Asks for an exercise to be brought into view. */
  point(name: string): void {
    this._pointed.emit(name);
  }

  say(message: string): void {
    this.message = message;
    this._changed.emit();
  }

  private hear(event: CheckEvent, sources: Map<string, string>): void {
    switch (event.event) {
      case 'graded':
        this.loading++; // what is being read of before is old
        this.remarks = event.remarks;
        this.first = event.changed;
        this.busy = false;
        this.recording = true;
        this.take(event.lesson, true);
        this.work.graded = sources;
        this.say(result(event.lesson, event.changed));
        if (event.changed) {
          this.point(event.changed);
        }
        break;
      case 'recorded':
      case 'unrecorded':
        this.loading++;
        this.recording = false;
        this.recorded = { done: event.event === 'recorded', message: 'message' in event ? event.message : '' };
        this.data = { ...this.data!, recorded: this.recorded.done };
        this._changed.emit();
        break;
      case 'refused':
        throw new Error(event.message);
    }
  }

  private take(data: LessonData | null, checked = false): void {
    const waits = !checked && !this.panel.context.model.dirty;
    this.data = data;
    if (waits) {
      // What is on screen is what is on disk: from here on, an edit shows.
      this.work.graded = this.work.sources(data?.exercises.filter(exercise => !exercise.stale) ?? []);
    }
  }

  /** The terminal, or another window, may have checked and recorded: what this page's check has said is old then. */
  private compare(data: LessonData | null): void {
    if (data && this.recorded && !this.recording && data.recorded !== this.recorded.done) {
      this.recorded = data.recorded ? { done: true, message: '' } : null;
    }
    const elsewhere = checkedElsewhere(this.data, data);
    this.remarks = this.data && !elsewhere ? this.remarks : (data?.remarks ?? []);
    if (data && elsewhere) {
      this.first = null;
      this.message = `Checked elsewhere: ${points(data.points, data.most)}.`;
      this._scored.emit();
    }
  }

  private async attempt(title: string, action: (day: string) => Promise<void>): Promise<void> {
    if (!this.data) {
      return;
    }
    this.problem = '';
    try {
      await action(this.data.day);
    } catch (error) {
      this.fail(title, error, () => this.attempt(title, action));
    }
    this._changed.emit();
  }

  private fail(title: string, error: unknown, retry: () => Promise<void>): void {
    this.retry = retry;
    this.problem = `${title}: ${words(error)}`;
    this.message = '';
  }
}
