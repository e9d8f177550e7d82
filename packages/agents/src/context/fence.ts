import { estimateTokens } from './estimate-tokens.ts'

/** Stands for the mark until all that it must not be part of is known. Letters only: every mark is estimated alike. */
const markLetters = 'abcdefghijklmnop'
const blank = 'a'.repeat(16)

/** A part between its two lines; the first of them says what it is. */
export interface Block {
  readonly kind: string
  /** What else its first line says, without a line break. */
  readonly about: string
  readonly content: string
}

export function renderBlock({ kind, about, content }: Block, mark: string): string {
  const end = content === '' || content.endsWith('\n') ? '' : '\n'
  return `<<<${mark} ${kind}${about === '' ? '' : ` ${about}`}>>>\n${content}${end}<<<${mark} end>>>\n`
}

/** The same whatever the mark will be. */
export function blockTokens(block: Block): number {
  return estimateTokens(renderBlock(block, blank))
}

/**
 * A mark that stands in none of the texts: 16 letters of the SHA-256 of all of them, so that the same texts have the same mark and
 * nobody can write a text that holds its own.
 */
export async function markFor(texts: readonly string[]): Promise<string> {
  // Loaded here: it costs more than the rest of the package, and most who import it assemble nothing.
  const { createHash } = await import('node:crypto')
  return firstAbsent(texts, (round) => {
    const hash = createHash('sha256').update(String(round))
    // Lengths first: what is moved from the end of one text to the beginning of the next makes another mark.
    for (const text of texts) hash.update(`\0${text.length}\0`).update(text)
    return Array.from(hash.digest().subarray(0, 8), lettersOf).join('')
  })
}

/** The first candidate, by its number, that stands in none of the texts. */
export function firstAbsent(texts: readonly string[], candidate: (round: number) => string): string {
  for (let round = 0; ; round += 1) {
    const mark = candidate(round)
    if (!texts.some((text) => text.includes(mark))) return mark
  }
}

function lettersOf(byte: number): string {
  return `${markLetters[byte >> 4]}${markLetters[byte & 15]}`
}

/** A name or path as one line that ends where it seems to, whatever characters it holds. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
