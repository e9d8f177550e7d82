import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '@mayfly/orchestrator-entry'

/** Bytes; a prompt has at most ten million characters. */
const LARGEST_FILE = 40_000_000

const STDIN = 0

/** @param file `-` for stdin. @throws UsageError `PROMPT_INVALID` */
export const readPromptFile = (file: string): string => {
  const bytes = readBytes(file)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalid(`Expected UTF-8 text in ${shown(file)}, got other bytes. Convert it, for example with iconv.`, cause)
  }
}

const readBytes = (file: string): Uint8Array => {
  try {
    if (file === '-') return readFileSync(STDIN)
    const { size } = statSync(file)
    if (size > LARGEST_FILE) throw new Error(`it has ${size} bytes, expected at most ${LARGEST_FILE}`)
    return readFileSync(file)
  } catch (cause) {
    throw invalid(`The prompt cannot be read from ${shown(file)}: ${(cause as Error).message}.`, cause)
  }
}

const shown = (file: string): string => (file === '-' ? 'stdin' : JSON.stringify(file))

const invalid = (message: string, cause: unknown): UsageError => new UsageError('PROMPT_INVALID', message, { cause })
