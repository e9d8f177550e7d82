import type { DocumentPath } from './document-path.ts'
import type { Workflow } from './workflow.ts'
import type { Excerpt, SourcePosition, YamlDocument } from './yaml-document.ts'

// Beside the workflow and not in it: a workflow stays plain data, and its text is let go together with it.
const documents = new WeakMap<Workflow, YamlDocument>()

export function rememberDocument(workflow: Workflow, document: YamlDocument): void {
  documents.set(workflow, document)
}

/** Where something stands in the file of a workflow; line 1, column 1 for a workflow that was not read from a text. */
export function positionIn(workflow: Workflow, path: DocumentPath, excerpt?: Excerpt): SourcePosition {
  return documents.get(workflow)?.positionOf(path, excerpt) ?? { line: 1, column: 1 }
}
