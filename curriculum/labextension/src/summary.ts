import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { LessonData } from './api';
import { button, el, prose, redraw } from './dom';
import { shape } from './icons';
import { Lesson } from './lesson';
import { ActiveMinutes } from './minutes';
import { Recorded } from './outcome';
import { duration, number, points } from './words';

/** The order in which states are counted. */
const ORDER = ['correct', 'almost', 'wrong', 'crashed', 'timed out', 'not attempted'];

const NOT_YET: Recorded = { done: false, message: 'the next check does it' };

/** The bar at the top of a lesson: its points, what changed, active minutes, readings, and what is going on. */
export class Summary extends Widget {
  private readonly content = el('div', {});
  private readonly after = el('div', { class: 'mind-line' });
  private readonly rest = el('div', { class: 'mind-rest' });
  /** Stays in the page, or screen readers would not hear it change. */
  private readonly status = el('div', { class: 'mind-status', role: 'status' });

  private readonly inside = el('div', { class: 'mind-summary-inside' });
  /** A header in JupyterLab is laid out by its least height, which is that of what is in it. */
  private readonly sizes = new ResizeObserver(() => {
    this.node.style.minHeight = `min(40vh, ${this.inside.offsetHeight}px)`;
    if (this.parent) {
      MessageLoop.postMessage(this.parent, Widget.Msg.FitRequest);
    }
  });

  constructor(
    private readonly lesson: Lesson,
    private readonly minutes: ActiveMinutes,
    private readonly go: (exercise: string) => void
  ) {
    super({ node: el('section', { class: 'mind-summary', 'aria-label': 'This lesson' }) });
    this.inside.append(this.content, el('div', { class: 'mind-line' }, this.status, this.after), this.rest);
    this.node.append(this.inside);
    this.sizes.observe(this.inside);
    lesson.changed.connect(this.refresh, this);
    minutes.changed.connect(this.refresh, this);
    this.refresh();
  }

  override dispose(): void {
    this.sizes.disconnect();
    super.dispose();
  }

  private refresh(): void {
    const { data, problem, busy, message } = this.lesson;
    this.setHidden(!data && !problem);
    this.node.classList.toggle('mind-mod-busy', busy);
    redraw(this.content, () => (data ? [this.score(data)] : []));
    if (this.status.textContent !== message) {
      this.status.textContent = message;
    }
    redraw(this.after, () => (data ? this.outcome(data) : []));
    redraw(this.rest, () => [
      ...this.lesson.remarks.map(remark => el('p', {}, prose(remark))),
      this.trouble(problem),
      data ? readings(data, this.lesson) : null
    ]);
  }

  private score(data: LessonData): HTMLElement {
    const share = data.most ? Math.min(1, data.points / data.most) : 0;
    const fill = el('i', {});
    fill.style.width = `${100 * share}%`;
    return el(
      'div',
      { class: 'mind-line' },
      data.kind === 'review' ? el('span', {}, `Review of “${data.title}”`) : null,
      el('b', { class: 'mind-score' }, points(data.points, data.most) + (data.bonus ? `, ${number(data.bonus)} bonus` : '')),
      el('span', { class: 'mind-bar', 'aria-hidden': 'true' }, fill),
      el('ul', { class: 'mind-exercises', 'aria-label': 'Exercises' }, ...data.exercises.map((exercise, position) => {
        const label = `Exercise ${position + 1}, ${exercise.title}: ${exercise.state}`;
        const chip = button(`go ${exercise.name}`, '', () => this.go(exercise.name), { title: label, 'aria-label': label });
        chip.classList.add('mind-chip');
        chip.append(shape(exercise.state), String(position + 1));
        return el('li', {}, chip);
      })),
      el('span', { class: 'mind-soft' }, states(data)),
      el('span', { class: 'mind-space' }),
      el('span', { class: 'mind-minutes', title: 'Minutes in which you worked on this lesson' }, this.time(data))
    );
  }

  private time(data: LessonData): string {
    return data.counting ? `${duration(data.seconds + this.minutes.unsent(data.day))} active` : 'minutes are not counted';
  }

  /** What stands beside the status: the way to what changed, and whether the scores are kept. */
  private outcome(data: LessonData): (Node | null)[] {
    const { first, recording } = this.lesson;
    const recorded = this.lesson.recorded ?? (data.recorded ? null : NOT_YET);
    const position = data.exercises.findIndex(exercise => exercise.name === first) + 1;
    const go = first && position ? button('changed', `Go to exercise ${position}`, () => this.go(first)) : null;
    if (recording) {
      return [go, el('span', { class: 'mind-soft' }, 'Recording in the gradebook…')];
    }
    if (!recorded) {
      return [go];
    }
    return recorded.done
      ? [go, el('span', { class: 'mind-soft' }, 'Recorded in the gradebook.')]
      : [go, el('span', { class: 'mind-problem' }, `Not recorded in the gradebook: ${recorded.message}`)];
  }

  private trouble(problem: string): HTMLElement | null {
    return problem
      ? el('div', { class: 'mind-line mind-problem', role: 'alert' }, el('span', {}, problem), button('again', 'Try again', () => void this.lesson.retry()))
      : null;
  }
}

/** "2 correct, 1 wrong, 2 not attempted". */
function states(data: LessonData): string {
  const counts = new Map<string, number>();
  for (const { state } of data.exercises) {
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return ORDER.filter(state => counts.has(state)).map(state => `${counts.get(state)} ${state}`).join(', ');
}

function readings(data: LessonData, lesson: Lesson): HTMLElement | null {
  if (!data.readings.length) {
    return null;
  }
  const done = data.readings.filter(reading => reading.done).length;
  return el(
    'details',
    { class: 'mind-readings', 'data-key': 'readings' },
    el('summary', { 'data-key': 'readings-summary' }, `Readings: ${done} of ${data.readings.length} done`),
    el('ul', {}, ...data.readings.map(reading => {
      const box = el('input', { type: 'checkbox', 'data-key': `reading ${reading.id}` });
      box.checked = reading.done;
      box.addEventListener('change', () => void lesson.read(reading.id, box.checked));
      return el('li', {}, el('label', {}, box, el('span', {}, prose(reading.text))));
    }))
  );
}
