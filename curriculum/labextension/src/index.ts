/** The course in JupyterLab: the plan in the side bar, and in each lesson checks, hints, readings and active minutes. */

import { ILabShell, ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';

import { Api } from './api';
import { addCommands } from './commands';
import { Lessons } from './lessons';
import { PlanPanel } from './panel';
import { addButtons } from './toolbar';

const ID = 'stateless-mind:plugin';
/** What a workspace keeps once the plan was opened in it. */
const SEEN = 'stateless-mind:plan-seen';

const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The plan in the side bar, and checks, hints and active minutes in each lesson.',
  autoStart: true,
  requires: [INotebookTracker, IToolbarWidgetRegistry],
  optional: [ISettingRegistry, ICommandPalette, ILauncher, ILayoutRestorer, ILabShell, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    toolbars: IToolbarWidgetRegistry,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null,
    state: IStateDB | null
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
    void beginWithThePlan();
    void begin();

    // A workspace that has never shown the plan begins with it: a new one, and that of somebody who has used JupyterLab for
    // other things before. After that, what its owner left open is open. JupyterLab shows its file browser in a new workspace
    // at the same moment; `app.restored` comes after that.
    async function beginWithThePlan(): Promise<void> {
      const [layout] = await Promise.all([labShell?.restored, app.restored]);
      if (!layout || labShell?.mode === 'single-document') {
        return;
      }
      // Where that cannot be kept or read, a new workspace alone begins with it.
      const seen = state ? await state.fetch(SEEN).catch(() => true) : true;
      if (layout.fresh || !seen) {
        labShell?.activateById(panel.id);
      }
      if (!seen) {
        await state?.save(SEEN, true).catch(() => undefined);
      }
    }

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
