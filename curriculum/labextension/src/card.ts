import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { Exercise, Test } from './api';
import { button, el, prose, redraw } from './dom';
import { shape } from './icons';
import { Lesson } from './lesson';
import { count, points, sentence } from './words';

/** The result of one exercise, in the notebook below its solution cell. */
export class Card extends Widget {
  /** The text of a hint or a solution, as Jupyter draws Markdown; drawn once, for it takes time. */
  private readonly drawn = new Map<string, HTMLElement>();
  private readonly drawing: Promise<void>[] = [];
  /** Texts whose formulas are still to be drawn: that takes the page's measures, so not before the card is in it. */
  private readonly formulas = new Set<HTMLElement>();
  private before = '';

  constructor(
    private readonly lesson: Lesson,
    private readonly name: string,
    private readonly rendermime: IRenderMimeRegistry
  ) {
    super({ node: el('section', { class: 'mind-card' }) });
    // Keys pressed in the card are the card's: the notebook would take Enter for "edit this cell". Keys with Ctrl or
    // Cmd stay the notebook's, so that saving and checking work from here too.
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Escape') {
        this.parent?.node.focus(); // out of the card, to its cell, from where Enter edits
      }
      this.node.toggleAttribute('data-lm-suppress-shortcuts', !(event.ctrlKey || event.metaKey));
    });
    this.node.setAttribute('data-lm-suppress-shortcuts', '');
    this.refresh();
  }

  refresh(): void {
    const exercise = this.lesson.exercise(this.name);
    if (!exercise) {
      return;
    }
    const solution = this.lesson.solutions.get(this.name);
    const stale = this.lesson.stale(exercise);
    const now = JSON.stringify([exercise, solution, stale]);
    if (now === this.before) {
      return;
    }
    this.before = now;
    this.node.dataset['state'] = exercise.state;
    this.node.classList.toggle('mind-mod-stale', stale);
    this.node.setAttribute('aria-label', `Result of “${exercise.title}”`);
    redraw(
      this.node,
      () => [this.header(exercise, stale), ...this.body(exercise), this.hints(exercise), this.help(exercise), this.solution(exercise)],
      '.mind-card-title'
    );
  }

  /** Takes the focus, at the line that says how it went. */
  focus(): void {
    this.node.querySelector<HTMLElement>('.mind-card-title')?.focus({ preventScroll: true });
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void this.drawFormulas();
  }

  /** A renderer draws formulas only where it is a widget of the page's; these are parts of the card. */
  private async drawFormulas(...texts: HTMLElement[]): Promise<void> {
    texts.forEach(text => this.formulas.add(text));
    if (this.isAttached) {
      const waiting = [...this.formulas];
      this.formulas.clear();
      await Promise.all(waiting.map(text => this.rendermime.latexTypesetter?.typeset(text)));
    }
  }

  private header(exercise: Exercise, stale: boolean): HTMLElement {
    const state = el('span', { class: 'mind-state' }, sentence(exercise.state));
    const title = el('span', { class: 'mind-card-name' }, exercise.title);
    return el(
      'header',
      {},
      shape(exercise.state),
      el('div', { class: 'mind-card-title', tabindex: -1, role: 'heading', 'aria-level': 4 }, state, ' ', title),
      stale ? el('span', { class: 'mind-stale' }, 'changed since this check') : null,
      el('span', { class: 'mind-points' }, points(exercise.points, exercise.most) + (exercise.bonus ? ' (bonus)' : ''))
    );
  }

  private body(exercise: Exercise): (Node | null)[] {
    if (exercise.state === 'not attempted') {
      const told = `${sentence(exercise.level)}, about ${count(exercise.minutes, 'minute')}. Write your answer above, then check.`;
      return [el('p', { class: 'mind-soft' }, told)];
    }
    const failed = exercise.tests.filter(test => !test.passed);
    const passed = exercise.tests.filter(test => test.passed);
    const reason = exercise.reason ? el('p', { class: 'mind-reason' }, prose(exercise.reason)) : null;
    return [
      reason,
      failed.length ? el('ul', { class: 'mind-tests' }, ...failed.map(test => this.failure(test, exercise.reason))) : null,
      passed.length
        ? el(
            'details',
            { class: 'mind-passed', 'data-key': 'passed' },
            el('summary', { 'data-key': 'passed-summary' }, `${count(passed.length, 'test')} passed`),
            el('ul', {}, ...passed.map(test => el('li', {}, `${test.title}: ${points(test.points, test.most)}`)))
          )
        : null
    ];
  }

  private failure(test: Test, reason: string): HTMLElement {
    const rows: HTMLElement[] = [];
    const row = (name: string, text: string) => {
      if (text) {
        rows.push(el('div', {}, el('dt', {}, name), el('dd', {}, value(name, text))));
      }
    };
    row('called', test.called);
    row('got', test.got);
    row('expected', test.expected);
    if (test.error !== reason) {
      row('error', test.error);
    }
    return el(
      'li',
      {},
      el(
        'p',
        { class: 'mind-test-title' },
        shape(test.points > 0 ? 'almost' : 'wrong'),
        el('span', {}, prose(test.title), test.hidden ? ' (a hidden test)' : ''),
        el('span', { class: 'mind-points' }, points(test.points, test.most))
      ),
      rows.length ? el('dl', {}, ...rows) : null,
      test.idea ? el('p', { class: 'mind-idea' }, el('b', {}, 'Look at again: '), prose(test.idea)) : null
    );
  }

  private hints(exercise: Exercise): HTMLElement | null {
    const shown = exercise.hints.map((text, position) =>
      el(
        'li',
        {},
        el('b', {}, `Hint ${position + 1} of ${exercise.hints_of}`),
        this.markdown(`hint ${position} ${text}`, text)
      )
    );
    if (!shown.length) {
      return null;
    }
    const list = el('ol', { class: 'mind-hints' }, ...shown);
    return exercise.state === 'correct'
      ? el('details', { class: 'mind-passed', 'data-key': 'hints' }, el('summary', { 'data-key': 'hints-summary' }, `${count(shown.length, 'hint')} shown`), list)
      : list;
  }

  /** What can be asked for. */
  private help(exercise: Exercise): HTMLElement | null {
    const buttons: HTMLElement[] = [];
    const next = exercise.hints.length + 1;
    if (next <= exercise.hints_of && exercise.state !== 'correct') {
      buttons.push(button('hint', `Show hint ${next} of ${exercise.hints_of}`, () => void this.hint(exercise)));
    }
    if (this.lesson.solutions.has(this.name)) {
      buttons.push(button('solution', 'Hide the worked solution', () => this.lesson.hideSolution(exercise)));
    } else if (exercise.solution === 'offered' || exercise.solution === 'shown') {
      const ask = () => void this.reveal(exercise, exercise.gave_up);
      buttons.push(button('solution', 'Show the worked solution', ask));
    } else if (exercise.solution === 'locked' && exercise.state !== 'not attempted') {
      buttons.push(button('solution', 'Give up…', () => void this.giveUp(exercise)));
    }
    return buttons.length ? el('div', { class: 'mind-actions' }, ...buttons) : null;
  }

  private async giveUp(exercise: Exercise): Promise<void> {
    const answer = await showDialog({
      title: `Give up on “${exercise.title}”?`,
      body: 'The worked solution is shown, and it is recorded that you gave up. Your work stays as it is, and you can still earn the points.',
      buttons: [Dialog.cancelButton({ label: 'Keep trying' }), Dialog.warnButton({ label: 'Show the solution' })]
    });
    if (answer.button.accept) {
      await this.reveal(exercise, true);
    }
  }

  private async hint(exercise: Exercise): Promise<void> {
    await this.lesson.hint(exercise);
    await this.bring('.mind-actions');
  }

  /** Brings a part of the card into view, once formulas and code above it have been drawn. */
  private async bring(part: string): Promise<void> {
    await Promise.all(this.drawing);
    this.node.querySelector(part)?.scrollIntoView({ block: 'nearest' });
  }

  private async reveal(exercise: Exercise, giveUp: boolean): Promise<void> {
    await this.lesson.solution(exercise, giveUp);
    await this.bring('.mind-solution');
  }

  private solution(exercise: Exercise): HTMLElement | null {
    const cells = this.lesson.solutions.get(this.name);
    if (!cells) {
      return null;
    }
    const source = cells.map(cell => cell.source).join('\n\n\n');
    const copy = button('copy', 'Copy', () => {
      Clipboard.copyToSystem(source);
      this.lesson.say('The worked solution is copied.');
    });
    const fence = '`'.repeat(Math.max(3, ...(source.match(/`+/g) ?? []).map(run => run.length + 1)));
    return el(
      'div',
      { class: 'mind-solution', role: 'group', 'aria-label': `Worked solution of “${exercise.title}”` },
      el('div', { class: 'mind-solution-head' }, el('b', {}, 'Worked solution'), copy),
      this.markdown(`solution ${source}`, `${fence}python\n${source}\n${fence}`)
    );
  }

  /** The course's own text, by Jupyter's renderer: formulas and code are drawn, and what could act is taken out. */
  private markdown(key: string, text: string): HTMLElement {
    let node = this.drawn.get(key);
    if (!node) {
      const renderer = this.rendermime.createRenderer('text/markdown');
      const drawn = renderer.node;
      const render = renderer.renderModel(this.rendermime.createModel({ data: { 'text/markdown': text } }));
      this.drawing.push(render.then(() => this.drawFormulas(drawn)));
      node = drawn;
      this.drawn.set(key, node);
    }
    return node;
  }
}

/** A value with its line breaks and columns. One that may have to be scrolled can be reached by keyboard. */
function value(name: string, text: string): HTMLElement {
  const lines = text.split('\n');
  const large = lines.length > 10 || lines.some(line => line.length > 60);
  return el('pre', large ? { tabindex: 0, role: 'group', 'aria-label': name } : {}, text);
}
