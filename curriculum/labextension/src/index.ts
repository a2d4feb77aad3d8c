/** The course in JupyterLab: the plan in the side bar, and in each lesson checks, hints, readings and active minutes. */

import { ILabShell, ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { Api } from './api';
import { addCommands } from './commands';
import { Lessons } from './lessons';
import { PlanPanel } from './panel';
import { addButtons } from './toolbar';

const ID = 'stateless-mind:plugin';

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The plan in the side bar, and checks, hints and active minutes in each lesson.',
  autoStart: true,
  requires: [INotebookTracker, IToolbarWidgetRegistry],
  optional: [ISettingRegistry, ICommandPalette, ILauncher, ILayoutRestorer, ILabShell],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null
  ) => {
    const server = app.serviceManager.serverSettings;
    const api = new Api(server);
    const panel = new PlanPanel(api, path => app.commands.execute('docmanager:open', { path, factory: 'Notebook' }));
    const lessons = new Lessons(api, tracker, server.baseUrl);
    const refresh = () => {
      if (panel.isVisible) {
        void panel.refresh(); // else it is read when it is shown
      }
    };
    lessons.scored.connect(refresh);
    window.addEventListener('focus', refresh);
    addButtons(toolbars, lessons, app.commands);
    app.shell.add(panel, 'left', { rank: 90 });
    restorer?.add(panel, panel.id);
    app.commands.commandExecuted.connect((_, { id }) => {
      if (id === 'docmanager:save' || id === 'docmanager:save-all') {
        lessons.saving(app.shell.currentWidget, id === 'docmanager:save-all');
      }
    });
    app.shell.currentChanged?.connect(() => lessons.turned(app.shell.currentWidget));
    // A workspace that is opened for the first time begins with the plan. Where it has been before, what its owner left
    // open is open. JupyterLab shows its file browser at the same moment; `app.restored` comes after that.
    void Promise.all([labShell?.restored, app.restored]).then(([layout]) => {
      if (layout?.fresh && labShell?.mode !== 'single-document') {
        labShell?.activateById(panel.id);
      }
    });
    void begin();

    async function begin(): Promise<void> {
      // Without its settings (an old schema, a server that keeps none) the course works all the same.
      const settings = (await registry?.load(ID).catch(() => null)) ?? null;
      const read = () => (lessons.watch.on = settings?.get('watch').composite === true);
      settings?.changed.connect(read);
      read();
      addCommands(app, api, panel, lessons, settings, palette, launcher);
    }
  }
};

export default plugin;
