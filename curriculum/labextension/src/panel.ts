import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { Api, ApiError, Day, Due, Progress, Review, words } from './api';
import { button, el, redraw } from './dom';
import { planIcon } from './icons';
import { standing, tree } from './tree';
import { duration, number, sentence } from './words';

/** The plan in the side bar: what is next, what is due for review, and every day with its standing. */
export class PlanPanel extends Widget {
  private progress: Progress | null = null;
  private review: Review | null = null;
  private problem = '';
  private retry: () => Promise<void> = () => this.refresh();
  private loading = 0;
  private readonly content = el('div', { class: 'mind-plan-content' });
  private readonly status = el('div', { class: 'mind-hidden', role: 'status' });

  /** `open` shows a notebook, by its path. */
  constructor(
    private readonly api: Api,
    private readonly open: (path: string) => Promise<unknown>
  ) {
    super({ node: el('section', { 'aria-label': 'The plan' }) });
    this.id = 'stateless-mind-plan';
    this.addClass('mind-plan');
    this.title.icon = planIcon;
    this.title.caption = 'The plan';
    this.node.tabIndex = -1;
    this.node.append(this.content, this.status);
    this.draw();
  }

  /** Reads the plan's state anew. */
  async refresh(): Promise<void> {
    const turn = ++this.loading;
    try {
      // The plan stands without the reviews.
      const [progress, review] = await Promise.all([this.api.progress(), this.api.review().catch(() => null)]);
      if (turn !== this.loading) {
        return;
      }
      this.progress = progress;
      this.review = review;
      this.problem = '';
    } catch (error) {
      if (turn !== this.loading) {
        return;
      }
      this.fail(error, () => this.refresh());
    }
    this.draw();
  }

  /** Opens the learner's copy of a day, which is made first where there is none. */
  async start(day: Day): Promise<void> {
    await this.go(`Opening “${day.title}”`, () => this.api.start(day.id));
  }

  /** Opens the day that is next; false where nothing is. */
  async startNext(): Promise<boolean> {
    await this.refresh();
    const next = this.progress?.next;
    if (next) {
      await this.start(next);
    }
    return Boolean(next);
  }

  protected override onBeforeShow(message: Message): void {
    super.onBeforeShow(message);
    void this.refresh();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    (this.node.querySelector<HTMLElement>('.mind-next button') ?? this.node).focus();
  }

  private async go(told: string, begin: () => Promise<{ path: string }>): Promise<void> {
    this.status.textContent = told;
    try {
      const { path } = await begin();
      await this.open(path);
      this.problem = '';
      await this.refresh();
    } catch (error) {
      this.fail(error, () => this.go(told, begin));
      this.draw();
    }
  }

  private fail(error: unknown, retry: () => Promise<void>): void {
    const unknown = error instanceof ApiError && error.status === 404 && !this.progress;
    this.problem = unknown
      ? 'This JupyterLab does not serve the course. Start it with `mind lab` in the course’s folder.'
      : words(error);
    this.retry = retry;
  }

  private draw(): void {
    const { progress, review } = this;
    redraw(this.content, () => [
      this.trouble(),
      !progress && !this.problem ? el('p', { class: 'mind-soft' }, 'Reading the plan…') : null,
      ...(progress ? [this.head(progress), this.next(progress), this.due(review), tree(progress, day => void this.start(day))] : []),
      el('p', {}, el('a', { href: this.api.dashboard, target: '_blank', rel: 'noopener', 'data-key': 'dashboard' }, 'Open the dashboard'))
    ]);
  }

  private trouble(): HTMLElement | null {
    return this.problem
      ? el('div', { class: 'mind-problem', role: 'alert' }, el('p', {}, this.problem), button('again', 'Try again', () => void this.retry()))
      : null;
  }

  private head(progress: Progress): HTMLElement {
    const fill = el('i', {});
    fill.style.width = `${progress.percent}%`;
    return el(
      'header',
      { class: 'mind-plan-head' },
      el('h2', {}, progress.title),
      el('p', {}, el('b', {}, number(progress.earned)), ` of ${number(progress.hours)} hours earned`),
      el('div', { class: 'mind-bar', 'aria-hidden': 'true' }, fill),
      el('p', { class: 'mind-soft' }, `${progress.days_done} of ${progress.days} days done`)
    );
  }

  private next(progress: Progress): HTMLElement {
    const day = progress.next;
    if (!day) {
      return el('div', { class: 'mind-next' }, el('p', {}, `Nothing is left to do: ${progress.why}.`));
    }
    const begun = Boolean(day.path) || ['started', 'tried'].includes(day.state);
    const label = `${begun ? 'Go on with' : 'Start'} day ${day.number}`;
    const start = button('next', label, () => void this.start(day), { 'aria-label': `${label}: ${day.title}` });
    start.classList.add('mind-mod-accept');
    return el(
      'div',
      { class: 'mind-next' },
      el('h3', {}, 'Next'),
      el('p', { class: 'mind-next-title' }, `${day.section}, day ${day.number}. ${day.title}`),
      el('p', { class: 'mind-soft' }, `${standing(day)}. It is next because ${progress.why}.`),
      start
    );
  }

  private due(review: Review | null): HTMLElement | null {
    if (!review?.due.length) {
      return null;
    }
    const minutes = review.due.reduce((sum, one) => sum + one.minutes, 0);
    return el(
      'details',
      { class: 'mind-due', 'data-key': 'due', open: true },
      el('summary', { 'data-key': 'due summary' }, `Due for review: ${review.due.length}, about ${duration(60 * minutes)}`),
      el('ul', {}, ...review.due.map(one => el('li', {}, this.dueRow(one))))
    );
  }

  private dueRow(due: Due): HTMLElement {
    const start = () => void this.go(`Opening a fresh copy of “${due.title}”`, () => this.api.startReview(due));
    return el(
      'div',
      { class: 'mind-due-row' },
      el('span', {}, due.title, el('span', { class: 'mind-soft' }, `${sentence(due.why)} · ${duration(60 * due.minutes)}`)),
      button(`review ${due.day} ${due.exercise}`, 'Start', start, { 'aria-label': `Start the review of “${due.title}”` })
    );
  }
}
