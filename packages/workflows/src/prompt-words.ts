/** Stands between two words that a full stop, a comma or the like keeps apart; never a word itself. */
export const BREAK = ''

// A bullet at the start of a line breaks; a line end alone does not, since prompts are wrapped.
const WORD_OR_BREAK = /(?<word>[\p{L}\p{M}\p{N}_]+)|[.,;:!?()]|^[ \t]*[-*•]/gmu

/** The words of a text in lower case, with breaks between its clauses. Hyphens and apostrophes separate words. */
export function wordsOf(text: string): string[] {
  return Array.from(text.toLowerCase().matchAll(WORD_OR_BREAK), ({ groups }) => groups?.['word'] ?? BREAK)
}

const LONGEST_FORM = 30

/**
 * The base forms that a word may be a form of, itself included: `fixes`, `migrated` and `debugging` give, among
 * others, `fix`, `migrate` and `debug`. Some are no words at all, which does no harm: they are only looked up.
 */
export function baseForms(word: string): string[] {
  if (word.length > LONGEST_FORM) return [word]
  const stems = [/s$/, /es$/, /ed$/, /ing$/]
    .filter((ending) => ending.test(word))
    .map((ending) => word.replace(ending, ''))
  return [word, ...stems.flatMap((stem) => [stem, `${stem}e`, stem.replace(/(.)\1$/, '$1')])]
}

/** Whether a word is the base form or a form of it. */
export function isFormOf(word: string, base: string): boolean {
  return word !== BREAK && baseForms(word).includes(base)
}
