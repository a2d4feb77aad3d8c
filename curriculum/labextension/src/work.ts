import { NotebookPanel } from '@jupyterlab/notebook';

import { Exercise } from './api';

/** The learner's work in an open notebook: what stands in the exercises' cells, and that it is on disk. */
export class Work {
  /** What stood in the cells of each exercise when it was graded. */
  graded = new Map<string, string>();
  /** True while a check saves the notebook. */
  saving = false;

  constructor(private readonly panel: NotebookPanel) {}

  /** Raises Error, in words, where the notebook could not be saved: what is graded is the file. */
  async save(): Promise<void> {
    const { context } = this.panel;
    if (!context.model.dirty) {
      return;
    }
    const unsaved = 'The notebook could not be saved, and a check looks at the saved file. Save it, then try again.';
    this.saving = true;
    try {
      await context.save();
    } catch {
      throw new Error(unsaved);
    } finally {
      this.saving = false;
    }
    if (context.model.dirty) {
      throw new Error(unsaved);
    }
  }

  /** What stands in the cells of each exercise now. */
  sources(exercises: Exercise[]): Map<string, string> {
    return new Map(exercises.map(exercise => [exercise.name, this.source(exercise)]));
  }

  /** Whether an exercise is another than was graded. */
  edited(exercise: Exercise): boolean {
    const then = this.graded.get(exercise.name);
    return then !== undefined && then !== this.source(exercise);
  }

  private source(exercise: Exercise): string {
    const cells = this.panel.content.model?.cells;
    const sources: string[] = [];
    for (let index = 0; cells && index < cells.length; index++) {
      const cell = cells.get(index);
      if (exercise.cells.includes(gradeId(cell))) {
        sources.push(cell.sharedModel.getSource());
      }
    }
    return sources.join('\n\n');
  }
}

/** The name that nbgrader knows a cell by; "" for a cell it does not know. */
export function gradeId(cell: { getMetadata(key: string): unknown }): string {
  const nbgrader = cell.getMetadata('nbgrader') as { grade_id?: string } | undefined;
  return nbgrader?.grade_id ?? '';
}
