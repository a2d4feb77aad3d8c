import { Day, Part, Progress, Section, Unit } from './api';
import { el } from './dom';
import { shape } from './icons';
import { duration, number, points, sentence } from './words';

/** The plan as what unfolds: phases, sections, units and days. `open` opens a day. */
export function tree(progress: Progress, open: (day: Day) => void): HTMLElement {
  return el(
    'div',
    { class: 'mind-tree' },
    ...progress.phases.map(phase => branch('phase', phase, ...phase.sections.map(one => section(one, open))))
  );
}

function section(part: Section, open: (day: Day) => void): HTMLElement {
  // A section of one unit is that unit.
  const inside = part.units.length === 1 ? [days(part.units[0]!, open)] : part.units.map(one => branch('unit', one, days(one, open)));
  return branch('section', part, ...inside);
}

function branch(kind: string, part: Part, ...inside: HTMLElement[]): HTMLElement {
  const key = `${kind} ${part.id}`;
  const { sum } = part;
  const told = sum.days_written
    ? `${number(sum.earned)} of ${number(sum.hours)} h · ${sum.days_done} of ${sum.days} days`
    : `${number(sum.hours)} h · not written yet`;
  return el(
    'details',
    { class: `mind-branch mind-${kind}`, 'data-key': key, open: part.current },
    el(
      'summary',
      { 'data-key': `${key} summary` },
      el('span', { class: 'mind-branch-title' }, el('span', { class: 'mind-number' }, part.id), ' ', part.title),
      el('span', { class: 'mind-soft' }, told)
    ),
    ...inside
  );
}

function days(unit: Unit, open: (day: Day) => void): HTMLElement {
  return el('ul', { class: 'mind-days' }, ...unit.days.map(day => el('li', {}, row(day, open))));
}

function row(day: Day, open: (day: Day) => void): HTMLElement {
  const content = [
    shape(day.state),
    el('span', { class: 'mind-day-title' }, `${day.number}. ${day.title}`),
    el('span', { class: 'mind-soft' }, standing(day))
  ];
  if (!day.start) {
    return el('div', { class: 'mind-day' }, ...content);
  }
  return el('button', { type: 'button', class: 'mind-day', 'data-key': `day ${day.id}`, onclick: () => open(day) }, ...content);
}

/** "Tried · 6 of 31 points · 42 min". */
export function standing(day: Day): string {
  if (day.state === 'not written') {
    return 'Not written yet';
  }
  const score = points(day.points, day.most) + (day.bonus ? `, ${number(day.bonus)} bonus` : '');
  return [sentence(day.state), score, day.seconds >= 60 ? duration(day.seconds) : ''].filter(Boolean).join(' · ');
}
