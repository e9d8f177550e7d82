import { posix } from 'node:path'
import { decodeText, readStart } from './read-start.ts'

/** What a `package.json` says that matters to a plan. A file that does not parse says nothing. */
export interface Manifest {
  /** Folder of the file: empty for the top, else without a `/` at its end. */
  readonly folder: string
  readonly name: string | undefined
  readonly scripts: readonly string[]
  /** Files that it names as ways in: `main`, `module`, `bin`, `exports`. Relative to the top folder. */
  readonly entries: readonly string[]
}

/** A manifest larger than this is data. Bytes. */
const largestManifest = 256 * 1024
const mostManifests = 2_000

/** Reads the manifests among the paths, one after the other; there are few beside the files that are read later. */
export async function readManifests(
  root: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly Manifest[]> {
  const buffer = Buffer.allocUnsafe(largestManifest)
  const manifests: Manifest[] = []
  for (const path of paths.filter((path) => posix.basename(path) === 'package.json').slice(0, mostManifests)) {
    signal.throwIfAborted()
    const start = await readStart(root, path, buffer)
    const manifest = start === undefined ? undefined : parseManifest(path, decodeText(start.bytes))
    if (manifest !== undefined) manifests.push(manifest)
  }
  return manifests
}

function parseManifest(path: string, text: string): Manifest | undefined {
  const dirname = posix.dirname(path)
  const folder = dirname === '.' ? '' : dirname
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value)) return undefined
    return {
      folder,
      name: typeof value['name'] === 'string' ? value['name'] : undefined,
      scripts: isRecord(value['scripts']) ? Object.keys(value['scripts']) : [],
      entries: [value['main'], value['module'], value['bin'], value['exports']]
        .flatMap(stringsIn)
        .map((entry) => posix.join(folder, entry)),
    }
  } catch {
    return undefined
  }
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return isRecord(value) ? Object.values(value).flatMap(stringsIn) : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
