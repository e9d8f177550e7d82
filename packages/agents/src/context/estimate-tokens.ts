/** Letters of a run that count half; long runs of letters are seldom words. */
const longRun = 12

/**
 * Estimates how many tokens a model reads a text as, on the safe side and without a tokenizer. A letter or a space is half a token.
 * A whole one is a letter that begins a run after a digit, a capital inside a run, each letter after the twelfth of a run, and every
 * other byte of UTF-8. A digit after a space is one and a half.
 *
 * Source of the rule: a byte-level tokenizer never makes more tokens than there are bytes, which bounds digits, signs and all that
 * is not ASCII; the halves were measured. Of 7,352 pieces of 200 to 4,000 characters out of 11,018 files (code, prose, JSON,
 * minified code, headers, tables of characters) none was above its estimate with cl100k, o200k (js-tiktoken 1.0.21) or the published
 * Claude tokenizer (0.0.4); the estimate was 2.4, 2.4 and 2.0 times the count on average and at least 1.23, 1.23 and 1.16 times. Of
 * 3,996 pieces of 40 characters one was above its estimate, by one token.
 */
export function estimateTokens(text: string): number {
  const counter = new TokenCounter()
  for (const character of text) counter.add(character.codePointAt(0) ?? 0)
  return counter.tokens
}

/** The estimate of a text that is met character by character. It never goes down. */
export class TokenCounter {
  #halves = 0
  /** Letters since anything else, or since the last capital. */
  #run = 0
  #last = 0

  get tokens(): number {
    return Math.ceil(this.#halves / 2)
  }

  add(codePoint: number): void {
    this.#halves += this.#halvesOf(codePoint)
    this.#last = codePoint
  }

  #halvesOf(codePoint: number): number {
    if (isSmall(codePoint) || isCapital(codePoint)) return this.#halvesOfLetter(isCapital(codePoint))
    this.#run = 0
    if (codePoint === space) return 1
    return isDigit(codePoint) && this.#last === space ? 3 : 2 * bytesOf(codePoint)
  }

  #halvesOfLetter(isCapital: boolean): number {
    const isInside = this.#run > 0
    this.#run = isCapital ? 1 : this.#run + 1
    const isWhole = (isCapital && isInside) || this.#run > longRun || isDigit(this.#last)
    return isWhole ? 2 : 1
  }
}

const space = 0x20

function isSmall(codePoint: number): boolean {
  return codePoint >= 0x61 && codePoint <= 0x7a
}

function isCapital(codePoint: number): boolean {
  return codePoint >= 0x41 && codePoint <= 0x5a
}

function isDigit(codePoint: number): boolean {
  return codePoint >= 0x30 && codePoint <= 0x39
}

/** In UTF-8. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}
