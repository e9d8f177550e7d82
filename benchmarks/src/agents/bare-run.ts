import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** What is the least: the program runs, and its output is read and let go. */
export const runBare = async (command: string): Promise<void> => {
  const child = spawn(command, [], { stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.resume()
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

/** The same, but the output goes into a file with a checksum, as an artifact does. */
export const runIntoFile = async (command: string, folder: string): Promise<void> => {
  const child = spawn(command, [], { stdio: ['ignore', 'pipe', 'ignore'] })
  const hash = createHash('sha256')
  await using file = await open(join(folder, 'output'), 'w')
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    hash.update(chunk)
    await file.writeFile(chunk)
  }
  hash.digest()
}
