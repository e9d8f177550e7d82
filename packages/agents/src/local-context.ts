import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AgentContext, ArtifactContent, ArtifactReference } from './agent.ts'
import { ArtifactNameError } from './agent-errors.ts'
import type { JsonValue } from './json-value.ts'

/** How to open a local context. */
export interface LocalContextOptions {
  /** Where artifacts are written; made when missing. */
  readonly folder: string
  /** @default a signal that never aborts */
  readonly signal?: AbortSignal
  /** @default silent */
  readonly onLog?: (message: string) => void
  /** @default silent */
  readonly onProgress?: (value: JsonValue) => void
}

/** A context without an orchestrator. Disposing of it kills the process groups that were started through it. */
export interface LocalContext extends AgentContext, Disposable {}

/** Opens a context that works in this process: artifacts go into a folder, children die when it is disposed of. */
export function openLocalContext(options: LocalContextOptions): LocalContext {
  const children = new Set<ChildProcess>()
  return {
    attempt: 1,
    lastCheckpoint: undefined,
    signal: options.signal ?? new AbortController().signal,
    progress: (value) => options.onProgress?.(value),
    heartbeat: () => {},
    log: (message) => options.onLog?.(message),
    spawn: (command, args, spawnOptions) => {
      // `shell: false` last: no caller can have an argument read by a shell. A group of its own makes the kill complete.
      const child = spawn(command, args, { ...spawnOptions, detached: true, shell: false })
      children.add(child)
      child.once('close', () => children.delete(child))
      return child
    },
    artifact: (name, content) => writeArtifact(options.folder, name, content),
    checkpoint: () => {},
    [Symbol.dispose]: () => {
      for (const child of children) killGroup(child)
    },
  }
}

/** Written aside and renamed: a reader never sees half a file, and a symbolic link at the place is replaced, not followed. */
async function writeArtifact(folder: string, name: string, content: ArtifactContent): Promise<ArtifactReference> {
  if (!/^(?!\.{1,2}$)[\w.-]{1,200}$/.test(name)) throw new ArtifactNameError(name)
  // Loaded here: it costs more than the rest of the package, and most who import it write no artifact themselves.
  const { randomUUID } = await import('node:crypto')
  const path = resolve(folder, name)
  const aside = join(folder, `.${randomUUID()}.part`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    const written = await writePieces(aside, content)
    await rename(aside, path)
    return { name, path, ...written }
  } finally {
    await rm(aside, { force: true })
  }
}

async function writePieces(
  path: string,
  content: ArtifactContent,
): Promise<Pick<ArtifactReference, 'size' | 'sha256'>> {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256')
  let size = 0
  await using file = await open(path, 'wx', 0o600)
  for await (const piece of piecesOf(content)) {
    hash.update(piece)
    size += piece.byteLength
    await file.writeFile(piece)
  }
  return { size, sha256: hash.digest('hex') }
}

function piecesOf(content: ArtifactContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)]
  return content instanceof Uint8Array ? [content] : content
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group is gone already.
  }
}
