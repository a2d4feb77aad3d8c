/** What a check came to, in words, and whether that is still so. */

import { LessonData } from './api';
import { points } from './words';

/** Whether the last check reached the gradebook. */
export interface Recorded {
  done: boolean;
  message: string;
}

/** "Checked: 5 of 31 points. Changed first: …". `first` names the exercise that changed first. */
export function result(data: LessonData, first: string | null): string {
  const found = data.exercises.find(exercise => exercise.name === first);
  const score = `Checked: ${points(data.points, data.most)}.`;
  const change = found ? `Changed first: “${found.title}”, ${found.state}, ${points(found.points, found.most)}` : 'Nothing changed';
  return `${score} ${change}.`;
}

/** Whether a check that this page has not made has changed the scores of a lesson. */
export function checkedElsewhere(before: LessonData | null, now: LessonData | null): boolean {
  return Boolean(before && now && before.path === now.path) && scores(before!) !== scores(now!);
}

function scores(data: LessonData): string {
  return JSON.stringify(data.exercises.map(({ name, state, points }) => [name, state, points]));
}
