import { open, realpath } from 'node:fs/promises'
import { basename, isAbsolute, join, parse, relative, sep } from 'node:path'
import type { ArtifactReference } from '@mayfly/supervisor'

/** A larger file stays where it is, in bytes: it is the repository's, and copies of it would fill the store. */
const LARGEST_OUTPUT = 64 * 1024 * 1024

export interface Collection {
  readonly runId: string
  /** As the workflow names them: paths, from the folder that is worked on. */
  readonly outputs: readonly string[]
  readonly cwd: string
  readonly written: readonly ArtifactReference[]
  readonly write: (name: string, content: Uint8Array) => Promise<ArtifactReference>
}

/**
 * Keeps the outputs that an agent wrote into the folder that it works on, and not through its context, as artifacts too.
 * Returns those that are nowhere.
 */
export const collectOutputs = async ({
  runId,
  outputs,
  cwd,
  written,
  write,
}: Collection): Promise<readonly string[]> => {
  const missing: string[] = []
  for (const output of outputs) {
    if (written.some(({ name }) => isOutput(name, output, runId))) continue
    const content = await readWithin(cwd, output)
    if (content === undefined) missing.push(output)
    else await write(artifactName(output), content)
  }
  return missing
}

/** Artifacts have flat names: `docs/design.md` is kept as `design.md`. */
export const artifactName = (output: string): string =>
  basename(output)
    .replace(/[^\w.-]/g, '_')
    .slice(-200)

/** An artifact is an output by its name, or by its name and its run's: the planner's `plan-run-1.json` is `plan.json`. */
export const isOutput = (artifact: string, output: string, runId: string): boolean => {
  const { name, ext } = parse(artifactName(output))
  return artifact === `${name}${ext}` || artifact === `${name}-${runId}${ext}`
}

/** Undefined where there is no such file in the folder; links may not lead out of it. */
const readWithin = async (folder: string, path: string): Promise<Uint8Array | undefined> => {
  try {
    const root = await realpath(folder)
    const found = await realpath(join(root, path))
    const inside = relative(root, found)
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) return undefined
    await using file = await open(found, 'r')
    const { size, ...facts } = await file.stat().then((stats) => ({ size: stats.size, isFile: stats.isFile() }))
    return facts.isFile && size <= LARGEST_OUTPUT ? await file.readFile() : undefined
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}

const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? '')
