import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from './git.ts'

/** What the planner is compared with reads no more of a file than the planner does. Bytes. */
const bytesPerFile = 256 * 1024

/**
 * Plain word matching, the thing to beat: files stand in the order of how many different words of the prompt (three letters or
 * more) their path and text hold, then of how often they hold them, then of their path.
 */
export async function rankByPlainWords(folder: string, prompt: string, most: number): Promise<readonly string[]> {
  const words = [...new Set(prompt.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [])]
  const paths = (await git(folder, ['ls-files', '-z'])).split('\0').filter(Boolean)
  const counted: { readonly path: string; readonly different: number; readonly total: number }[] = []
  for (const path of paths)
    counted.push({ path, ...countWords(`${path}\n${await readText(folder, path)}`.toLowerCase(), words) })
  return counted
    .filter(({ different }) => different > 0)
    .sort(
      (one, other) => other.different - one.different || other.total - one.total || (one.path < other.path ? -1 : 1),
    )
    .slice(0, most)
    .map(({ path }) => path)
}

async function readText(folder: string, path: string): Promise<string> {
  const bytes = await readFile(join(folder, path)).catch(() => Buffer.alloc(0))
  return bytes.subarray(0, 8_192).includes(0) ? '' : bytes.subarray(0, bytesPerFile).toString()
}

function countWords(text: string, words: readonly string[]): { readonly different: number; readonly total: number } {
  const counts = words.map((word) => text.split(word).length - 1)
  return { different: counts.filter((count) => count > 0).length, total: counts.reduce((sum, count) => sum + count, 0) }
}
