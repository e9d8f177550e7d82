import { fileURLToPath } from 'node:url'
import { loadWorkflow } from './load-workflow.ts'
import type { ComplexityLabel, Workflow } from './workflow.ts'

/** A workflow as the router sees it. */
export interface CatalogueEntry {
  readonly name: string
  readonly description: string
  /** Absolute. */
  readonly path: string
  /** Words and phrases in their base form: `fix` also stands for `fixes`, `fixed` and `fixing`. */
  readonly keywords: readonly string[]
  /** Decides between workflows that match equally well; the higher one wins. */
  readonly priority: number
  /** What a prompt for this workflow usually is. */
  readonly complexity: ComplexityLabel
}

const builtIn = ['quick-flow', 'feature-flow', 'code-quality-flow', 'migration-flow', 'incident-flow']

let catalogue: Promise<readonly CatalogueEntry[]> | undefined

/**
 * The built-in workflows. Their files are read on the first call only (measured: about 20 ms, then nothing),
 * because they are part of the installed package and do not change while a process runs.
 */
export function listWorkflows(): Promise<readonly CatalogueEntry[]> {
  catalogue ??= readCatalogue().catch(forgetCatalogue)
  return catalogue
}

async function readCatalogue(): Promise<readonly CatalogueEntry[]> {
  // The folder is beside both `src` and `dist`.
  const folder = new URL('../catalogue/', import.meta.url)
  const files = builtIn.map((name) => fileURLToPath(new URL(`${name}.yaml`, folder)))
  return (await Promise.all(files.map(loadWorkflow))).map(catalogueEntry)
}

/** A failure, such as too many open files, is not kept: the next call tries again. */
function forgetCatalogue(error: unknown): never {
  catalogue = undefined
  throw error
}

/** What the router needs to know about a workflow; one without `routing` has no keywords and is only chosen by name. */
export function catalogueEntry({ name, description, path, routing }: Workflow): CatalogueEntry {
  const { keywords = [], priority = 0, complexity = 'medium' } = routing ?? {}
  return { name, description: description ?? '', path, keywords, priority, complexity }
}
