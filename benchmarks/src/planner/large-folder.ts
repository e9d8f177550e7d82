import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { concepts, layers } from './concepts.ts'
import { createRandom, type Random } from './random.ts'

/** What planning for a large folder took, in a process of its own. */
export interface LargeFolderResult {
  readonly files: number
  /** Text in the folder. Bytes. */
  readonly bytes: number
  /** From the start of the plan to its end. Milliseconds. */
  readonly planMs: number
  /** Of the whole process, Node included. MiB. */
  readonly peakRssMb: number
  /** Longest time in which the process answered nothing else. Milliseconds. */
  readonly longestPauseMs: number
}

const filesPerFolder = 25
const functionsPerFile = 40

/** Writes a folder of so many files, plans for it once, and removes it. */
export async function measureLargeFolder(files: number, seed: number): Promise<LargeFolderResult> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-large-'))
  try {
    const bytes = await writeLargeFolder(folder, files, createRandom(seed))
    return { files, bytes, ...(await planInChild(folder)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the folder; gives the bytes written. */
export async function writeLargeFolder(folder: string, files: number, random: Random): Promise<number> {
  let bytes = 0
  for (let first = 0; first < files; first += filesPerFolder) {
    const inner = join(folder, `area${first % 40}`, `${random.pick(concepts).code}${first}`)
    await mkdir(inner, { recursive: true })
    const count = Math.min(filesPerFolder, files - first)
    const texts = Array.from({ length: count }, () => fileText(random))
    await Promise.all(
      texts.map((text, index) => writeFile(join(inner, `${random.pick(layers).code}${index}.ts`), text)),
    )
    bytes += texts.reduce((sum, text) => sum + text.length, 0)
  }
  return bytes
}

function fileText(random: Random): string {
  const lines = Array.from({ length: functionsPerFile }, (_, index) => {
    const verb = random.pick(random.pick(layers).functions)
    const noun = random.pick(concepts).code
    return `export function ${verb}${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}${index}(value: string): string { return value }`
  })
  return `import { helper } from './store${Math.floor(random.next() * filesPerFolder)}.ts'\n${lines.join('\n')}\n`
}

async function planInChild(folder: string): Promise<Omit<LargeFolderResult, 'files' | 'bytes'>> {
  const entry = new URL('./plan-once.ts', import.meta.url)
  const child = spawn(process.execPath, ['--conditions=@mayfly/source', fileURLToPath(entry), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (exitCode !== 0) throw new Error(`Planning for the large folder ended with ${exitCode}`)
  return JSON.parse(output) as Omit<LargeFolderResult, 'files' | 'bytes'>
}
