import { baseForms, isFormOf, wordsOf } from './prompt-words.ts'

/** A text, prepared for looking up keywords in it. */
export interface IndexedPrompt {
  readonly words: readonly string[]
  /** Where each base form stands. */
  readonly places: ReadonlyMap<string, readonly number[]>
}

/** A keyword that was found. */
export interface KeywordMatch {
  readonly keyword: string
  /** Of its first word, counted in words and breaks from the start of the prompt. */
  readonly place: number
  /** How many words it has: the longer, the more it says. */
  readonly weight: number
}

export function indexPrompt(prompt: string): IndexedPrompt {
  const words = wordsOf(prompt)
  const places = new Map<string, number[]>()
  for (const [place, word] of words.entries()) {
    for (const form of new Set(baseForms(word))) {
      const known = places.get(form)
      if (known === undefined) places.set(form, [place])
      else known.push(place)
    }
  }
  return { words, places }
}

/** The keywords that stand in the prompt as whole words, in any case and form, each once, in the keywords' order. */
export function matchKeywords(keywords: readonly string[], prompt: IndexedPrompt): KeywordMatch[] {
  return keywords.flatMap((keyword) => {
    const parts = wordsOf(keyword)
    const place = placeOf(parts, prompt)
    return place === undefined ? [] : [{ keyword, place, weight: parts.length }]
  })
}

function placeOf([first, ...rest]: readonly string[], { words, places }: IndexedPrompt): number | undefined {
  return places
    .get(first ?? '')
    ?.find((place) => rest.every((part, index) => isFormOf(words[place + index + 1] ?? '', part)))
}
