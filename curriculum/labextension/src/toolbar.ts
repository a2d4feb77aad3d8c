import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButton } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { checkIcon, watchIcon } from './icons';
import { Lessons } from './lessons';

/** The buttons "Check" and "Watch", in the toolbars of lessons only. Their places are in the settings schema. */
export function addButtons(registry: IToolbarWidgetRegistry, lessons: Lessons, commands: CommandRegistry): void {
  const whileLesson = (panel: NotebookPanel, button: ToolbarButton, update: () => void): ToolbarButton => {
    const lesson = lessons.of(panel);
    const refresh = () => {
      const appears = button.isHidden && lesson.data !== null;
      button.setHidden(!lesson.data);
      update();
      if (appears) {
        makeRoom(panel.toolbar);
      }
    };
    lesson.changed.connect(refresh);
    lessons.watch.changed.connect(refresh);
    button.disposed.connect(() => {
      lesson.changed.disconnect(refresh);
      lessons.watch.changed.disconnect(refresh);
    });
    refresh();
    return button;
  };
  registry.addFactory<NotebookPanel>('Notebook', 'mind-check', panel => {
    const shortcut = CommandRegistry.formatKeystroke('Accel Shift Enter');
    const button = new ToolbarButton({
      className: 'mind-check',
      icon: checkIcon,
      label: 'Check',
      tooltip: `Save this lesson and check it (${shortcut})`,
      onClick: () => void lessons.of(panel).check()
    });
    return whileLesson(panel, button, () => button.toggleClass('mind-mod-busy', lessons.of(panel).busy));
  });
  registry.addFactory<NotebookPanel>('Notebook', 'mind-watch', panel => {
    const button = new ToolbarButton({
      className: 'mind-watch',
      icon: watchIcon,
      label: 'Watch',
      tooltip: 'Check whenever this lesson is saved',
      pressedTooltip: 'On: saving checks this lesson. Press to switch off',
      onClick: () => void commands.execute('mind:watch')
    });
    return whileLesson(panel, button, () => (button.pressed = lessons.watch.on));
  });
}

/** A full toolbar moves what is last into its menu, but it looks only when it is resized. */
function makeRoom(toolbar: Widget): void {
  MessageLoop.postMessage(toolbar, new Widget.ResizeMessage(toolbar.node.clientWidth, toolbar.node.clientHeight));
}
