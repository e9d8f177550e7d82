import { stemmer } from 'stemmer'

/** A run of letters, digits and the characters that join an identifier; marks belong to the letter before them. */
export const identifierPattern: RegExp = /[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$]*/gu

/** The same for text that is known to be ASCII: several times faster than Unicode classes. */
export const asciiIdentifierPattern: RegExp = /[A-Za-z0-9_$]+/g

/** Scripts written without spaces: a run of them is cut into pairs of characters. */
const unspacedScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

// Where an identifier changes from one word to the next: fooBar, HTTPServer, base64Url, snake_case.
const wordPattern = /\p{Lu}+(?!\p{Ll})\p{M}*|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lo}\p{Lm}\p{Lt}\p{M}]+|\p{N}+/gu

/** Splits an identifier into its words, in lower case: `parseHTTPHeader` gives `parse`, `http`, `header`. */
export function splitIdentifier(identifier: string): readonly string[] {
  const words = identifier.normalize('NFC').match(wordPattern) ?? []
  return words.flatMap((word) => (unspacedScript.test(word) ? characterPairs(word) : [word.toLowerCase()]))
}

/** The form under which words that differ only in their ending meet: `validating`, `validation` and `validates`. */
export function stemOf(word: string): string {
  return /^[a-z]{3,40}$/.test(word) ? stemmer(word) : word
}

function characterPairs(word: string): readonly string[] {
  const characters = [...word]
  if (characters.length < 3) return [word]
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`)
}
