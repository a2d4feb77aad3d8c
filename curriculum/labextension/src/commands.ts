import { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, ICommandPalette, InputDialog, Notification, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { Api, Exercise, words } from './api';
import { checkIcon, planIcon } from './icons';
import { Lesson } from './lesson';
import { Lessons } from './lessons';
import { PlanPanel } from './panel';
import { gradeId } from './work';

const CATEGORY = 'Stateless Mind';

/** Everything that can be asked for by name: in the palette, the launcher, and by keys. */
export function addCommands(
  app: JupyterFrontEnd,
  api: Api,
  panel: PlanPanel,
  lessons: Lessons,
  settings: ISettingRegistry.ISettings | null,
  palette: ICommandPalette | null,
  launcher: ILauncher | null
): void {
  const inLesson = () => lessons.current !== null;
  const { commands } = app;
  const add = (name: string, label: string, options: Partial<Parameters<typeof commands.addCommand>[1]>): void => {
    const command = `mind:${name}`;
    const schema = { type: 'object', properties: {} } as const;
    commands.addCommand(command, { label, describedBy: { args: schema }, execute: () => undefined, ...options });
    palette?.addItem({ command, category: CATEGORY });
  };

  add('plan', 'Show the Plan', {
    icon: planIcon,
    execute: async () => {
      await Promise.resolve(); // the palette gives the focus back to where it was, as soon as a command has begun
      app.shell.activateById(panel.id);
    }
  });
  add('next', 'Go On with the Next Day', {
    icon: planIcon,
    caption: 'Open the lesson that is next in the plan',
    execute: async () => {
      app.shell.activateById(panel.id);
      if (!(await panel.startNext())) {
        panel.activate();
      }
    }
  });
  add('dashboard', 'Open the Dashboard', {
    caption: 'The whole plan, in a browser tab of its own',
    execute: () => void window.open(api.dashboard, '_blank', 'noopener')
  });
  add('check', 'Check This Lesson', { icon: checkIcon, isEnabled: inLesson, execute: () => lessons.current?.check() });
  add('watch', 'Check Whenever a Lesson Is Saved', {
    isToggleable: true,
    isToggled: () => lessons.watch.on,
    execute: async () => {
      lessons.watch.on = !lessons.watch.on;
      await settings?.set('watch', lessons.watch.on);
    }
  });
  add('correct-minutes', 'Correct the Minutes of This Lesson…', {
    isEnabled: inLesson,
    execute: () => correctMinutes(lessons.current!, lessons)
  });
  add('count-minutes', 'Count Active Minutes', {
    isToggleable: true,
    isToggled: () => lessons.current?.data?.counting ?? false,
    isEnabled: inLesson,
    execute: () => toggleCounting(api, lessons)
  });
  add('reset-exercise', 'Reset This Exercise to How It Was Released…', {
    isEnabled: () => Boolean(lessons.current && currentExercise(lessons.current)),
    execute: () => reset(lessons.current!, currentExercise(lessons.current!))
  });
  add('reset-lesson', 'Reset This Lesson to How It Was Released…', {
    isEnabled: inLesson,
    execute: () => reset(lessons.current!, null)
  });
  for (const command of ['mind:next', 'mind:plan', 'mind:dashboard']) {
    launcher?.add({ command, category: CATEGORY });
  }
  lessons.changed.connect(() => commands.notifyCommandChanged());
  lessons.watch.changed.connect(() => commands.notifyCommandChanged('mind:watch'));
}

/** The exercise that the active cell belongs to: its own, or the next one's, whose text and hints stand above it. */
function currentExercise(lesson: Lesson): Exercise | null {
  const { content } = lesson.panel;
  for (const cell of content.widgets.slice(Math.max(0, content.activeCellIndex))) {
    const id = gradeId(cell.model);
    const found = lesson.data?.exercises.find(one => one.cells.includes(id) || (id && one.cells.some(own => id.startsWith(`${own}_`))));
    if (found) {
      return found;
    }
  }
  return null;
}

async function correctMinutes(lesson: Lesson, lessons: Lessons): Promise<void> {
  await lessons.minutes.send();
  await lesson.load();
  const answer = await InputDialog.getNumber({
    title: 'Correct the minutes of this lesson',
    label: 'Active minutes in all',
    value: Math.round((lesson.data?.seconds ?? 0) / 60),
    okLabel: 'Correct'
  });
  if (answer.button.accept && answer.value !== null) {
    if (Number.isFinite(answer.value) && answer.value >= 0) {
      await lesson.correctMinutes(answer.value);
    } else {
      await showErrorMessage('Not corrected', 'Minutes are a number that is not below zero. Nothing was changed.');
    }
  }
}

async function toggleCounting(api: Api, lessons: Lessons): Promise<void> {
  const counting = !lessons.current?.data?.counting;
  try {
    if (!counting) {
      await lessons.minutes.send(); // what was counted until now is the learner's
    }
    await api.setCounting(counting);
  } catch (error) {
    await showErrorMessage('The setting was not changed', words(error));
  }
  lessons.reload();
}

async function reset(lesson: Lesson, exercise: Exercise | null): Promise<void> {
  const what = exercise ? `exercise “${exercise.title}”` : `lesson “${lesson.data!.title}”`;
  const answer = await showDialog({
    title: `Reset the ${what}?`,
    body: 'It will be as it was released. The notebook as it is now is kept beside it, in the folder “kept”. Points stay until the next check.',
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: 'Reset' })]
  });
  if (!answer.button.accept) {
    return;
  }
  const kept = await lesson.reset(exercise?.name ?? null);
  if (kept !== null) {
    Notification.success(`The ${what} is as it was released. Your work before is kept in ${kept}.`, { autoClose: 15_000 });
    lesson.say(`Reset. Your work before is kept in ${kept}.`);
  }
}
