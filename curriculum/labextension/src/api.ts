/** The course's server: what it answers, and how it is asked. Its side is `curriculum/dashboard/`. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** A day of the plan. `path` is the learner's copy, where there is one. */
export interface Day {
  id: string;
  number: number;
  title: string;
  section: string;
  state: string;
  points: number;
  most: number;
  bonus: number;
  start: string | null;
  path: string | null;
  seconds: number;
}

export interface Part {
  id: string;
  title: string;
  current: boolean;
  sum: { earned: number; hours: number; percent: number; days: number; days_done: number; days_written: number };
}

export interface Unit extends Part {
  days: Day[];
}

export interface Section extends Part {
  units: Unit[];
}

export interface Phase extends Part {
  sections: Section[];
}

export interface Progress {
  title: string;
  learner: string;
  earned: number;
  hours: number;
  percent: number;
  days: number;
  days_done: number;
  next: Day | null;
  why: string;
  phases: Phase[];
}

export interface Due {
  day: string;
  exercise: string;
  title: string;
  why: string;
  minutes: number;
}

export interface Review {
  budget_minutes: number;
  due: Due[];
}

export interface Test {
  title: string;
  points: number;
  most: number;
  passed: boolean;
  hidden: boolean;
  called: string;
  got: string;
  expected: string;
  idea: string;
  error: string;
}

export interface Exercise {
  name: string;
  title: string;
  level: string;
  minutes: number;
  bonus: boolean;
  points: number;
  most: number;
  state: string;
  cells: string[];
  hints: string[];
  hints_of: number;
  solution: 'locked' | 'offered' | 'shown' | 'not here';
  gave_up: boolean;
  stale: boolean;
  tests: Test[];
  reason: string;
}

export interface Reading {
  id: string;
  text: string;
  done: boolean;
}

export interface LessonData {
  day: string;
  title: string;
  section: string;
  path: string;
  points: number;
  most: number;
  /** What the points come to beyond `most`. */
  bonus: number;
  /** False while the scores of the last check are not in the gradebook. */
  recorded: boolean;
  seconds: number;
  counting: boolean;
  kind: 'lesson' | 'review';
  readings: Reading[];
  exercises: Exercise[];
  /** What is to be said of a result that is shown again; a check says its own. */
  remarks?: string[];
}

/** What a check says, line by line. */
export type CheckEvent =
  | { event: 'graded'; lesson: LessonData; changed: string | null; remarks: string[]; graded: string[] }
  | { event: 'recorded' }
  | { event: 'unrecorded'; message: string }
  | { event: 'refused'; message: string };

export interface SolutionCell {
  id: string;
  source: string;
}

/** What the server said no to, or that it said nothing: `status` 0. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    message: string
  ) {
    super(message);
  }
}

const SILENT =
  'The course’s server does not answer. Is it still running where you started it? Nothing is lost; try again when it is.';

export const CUT_OFF =
  'The server stopped before it said that the result is recorded. Your work is saved and nothing is lost; check again when the server answers.';

/** An error in words, whatever was thrown. */
export function words(error: unknown): string {
  return error instanceof Error && error.message ? error.message : 'Something went wrong that has no words of its own.';
}

export class Api {
  constructor(private readonly settings: ServerConnection.ISettings) {}

  /** The page with the whole dashboard. */
  get dashboard(): string {
    return URLExt.join(this.settings.baseUrl, 'mind');
  }

  progress(): Promise<Progress> {
    return this.json('GET', ['progress']);
  }

  review(): Promise<Review> {
    return this.json('GET', ['review']);
  }

  start(day: string): Promise<{ path: string }> {
    return this.json('POST', ['start', day]);
  }

  startReview(due: Due): Promise<{ path: string }> {
    return this.json('POST', ['review', due.day, due.exercise]);
  }

  /** The lesson that a notebook is; null where it is none. */
  async lesson(path: string): Promise<LessonData | null> {
    try {
      return await this.json<LessonData>('GET', ['lesson'], undefined, `?path=${encodeURIComponent(path)}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return null;
      }
      throw error;
    }
  }

  /** `path` is the notebook's: a fresh attempt has hints and a solution of its own. */
  hint(day: string, exercise: string, path: string): Promise<{ number: number; text: string; of: number }> {
    return this.json('POST', ['hint', day, exercise], { path });
  }

  solution(day: string, exercise: string, path: string, giveUp: boolean): Promise<{ cells: SolutionCell[] }> {
    return this.json('POST', ['solution', day, exercise], { give_up: giveUp, path });
  }

  async read(day: string, reading: string, done: boolean): Promise<void> {
    await this.json('POST', ['reading', day], { reading, done });
  }

  /** Adds seconds, also while the page is being closed; the day's seconds then. */
  async addSeconds(day: string, seconds: number): Promise<number> {
    return (await this.json<{ seconds: number }>('POST', ['minutes', day], { seconds }, '', true)).seconds;
  }

  async correctMinutes(day: string, minutes: number): Promise<void> {
    await this.json('PUT', ['minutes', day], { minutes });
  }

  async setCounting(counting: boolean): Promise<void> {
    await this.json('PUT', ['schedule'], { counting });
  }

  reset(day: string, exercise: string | null): Promise<{ path: string; kept: string }> {
    return this.json('POST', ['reset', day], { exercise });
  }

  /** Checks the file as it is on disk; `tell` hears each line as it comes. */
  async check(path: string, tell: (event: CheckEvent) => void): Promise<void> {
    const answer = await this.request('POST', ['check'], { path });
    const reader = answer.body!.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      // A connection that breaks is an end like any other: whoever listens knows whether the last word was said.
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) {
        if (line.trim()) {
          tell(parse<CheckEvent>(line));
        }
      }
      if (done) {
        return;
      }
    }
  }

  private async json<T>(
    method: string,
    place: string[],
    body?: unknown,
    query = '',
    keepalive = false
  ): Promise<T> {
    const answer = await this.request(method, place, body, query, keepalive);
    const text = await answer.text();
    return text ? parse<T>(text) : (undefined as T);
  }

  /** Raises ApiError for every answer that is not a yes. */
  private async request(
    method: string,
    place: string[],
    body?: unknown,
    query = '',
    keepalive = false
  ): Promise<Response> {
    const url = URLExt.join(this.settings.baseUrl, 'mind/api', ...place.map(encodeURIComponent)) + query;
    const init: RequestInit = { method, keepalive };
    if (method !== 'GET') {
      init.body = JSON.stringify(body ?? {});
    }
    let answer: Response;
    try {
      answer = await ServerConnection.makeRequest(url, init, this.settings);
    } catch {
      throw new ApiError(0, 'No answer', SILENT);
    }
    if (!answer.ok) {
      const said = (await answer.json().catch(() => ({}))) as { title?: string; message?: string };
      const title = said.title ?? 'This did not work';
      throw new ApiError(answer.status, title, said.message || `The server answered with status ${answer.status}.`);
    }
    return answer;
  }
}

function parse<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(0, 'Cut off', 'The server’s answer was cut off in the middle. Try again.');
  }
}
