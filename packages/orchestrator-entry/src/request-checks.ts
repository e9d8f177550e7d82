import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from './errors.ts'

const LONGEST_PROMPT = 10_000_000

/** @throws UsageError `PROMPT_INVALID` */
export const checkPrompt = (prompt: unknown): string => {
  if (typeof prompt !== 'string' || prompt.trim() === '') {
    const got = typeof prompt === 'string' ? 'an empty one' : typeof prompt
    throw new UsageError('PROMPT_INVALID', `Expected a prompt, got ${got}. Say what is to be done, in words.`)
  }
  if (prompt.length <= LONGEST_PROMPT) return prompt
  throw new UsageError(
    'PROMPT_INVALID',
    `Expected a prompt of at most ${LONGEST_PROMPT} characters, got ${prompt.length}.`,
  )
}

/** @throws UsageError `FOLDER_NOT_FOUND` */
export const checkFolder = (folder: string): string => {
  if (folder.trim() === '') throw new UsageError('FOLDER_NOT_FOUND', 'Expected a folder to work in, got an empty name.')
  const path = resolve(folder)
  if (isFolder(path)) return path
  throw new UsageError(
    'FOLDER_NOT_FOUND',
    `Expected a folder to work in, got ${path}, which is not there, not a folder, or cannot be entered.`,
  )
}

/** A name that is too long, a loop of links or a parent that may not be entered is no folder to work in either. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
