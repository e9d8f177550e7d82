import { TokenCounter } from './estimate-tokens.ts'

/**
 * The beginning of a text that is estimated at no more than so many tokens; at the end of a line where that costs less than half of
 * it, otherwise between two characters. More tokens never give a shorter beginning.
 */
export function cutText(text: string, tokens: number): string {
  const end = lengthWithin(text, tokens)
  if (end === text.length) return text
  const fitting = text.slice(0, end)
  const lineEnd = fitting.lastIndexOf('\n') + 1
  return lineEnd > end / 2 ? fitting.slice(0, lineEnd) : fitting
}

function lengthWithin(text: string, tokens: number): number {
  const counter = new TokenCounter()
  let length = 0
  for (const character of text) {
    counter.add(character.codePointAt(0) ?? 0)
    if (counter.tokens > tokens) return length
    length += character.length
  }
  return length
}
