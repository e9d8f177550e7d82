import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
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

// Beside both `src` and `dist`.
const folder = new URL('../catalogue/', import.meta.url)

let catalogue: Promise<readonly CatalogueEntry[]> | undefined

/**
 * The built-in workflows. Their index is read on the first call only, because it is part of the installed package
 * and does not change while a process runs.
 */
export function listWorkflows(): Promise<readonly CatalogueEntry[]> {
  catalogue ??= readIndex().catch(forgetCatalogue)
  return catalogue
}

/**
 * `index.json` says what the five files say: parsing those took 50 to 70 ms in a fresh process, before every first
 * line of the command line. A test compares them; `vitest run packages/workflows -u` writes the index anew.
 */
async function readIndex(): Promise<readonly CatalogueEntry[]> {
  const entries: Omit<CatalogueEntry, 'path'>[] = JSON.parse(await readFile(new URL('index.json', folder), 'utf8'))
  return entries.map((entry) => ({ ...entry, path: fileURLToPath(new URL(`${entry.name}.yaml`, folder)) }))
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
