/** What kind of work a prompt asks for, as far as its words tell. */
export type Intent = 'fix' | 'remove' | 'refactor' | 'document' | 'test' | 'upgrade' | 'add' | 'unclear'

const signs: readonly (readonly [Intent, RegExp])[] = [
  [
    'fix',
    /\b(?:fix(?:e[sd])?|bugs?|broken|crash(?:es|ed)?|wrong|fail(?:s|ed|ure|ing)?|regression|leak|hang(?:s|ing)?|incorrect|doesn't|does not|error)\b/i,
  ],
  ['remove', /\b(?:remove|delete|drop|deprecate|get rid of)\b/i],
  ['refactor', /\b(?:refactor(?:ing)?|rename|restructure|simplify|extract|split|clean ?up|move|reorgani[sz]e)\b/i],
  ['upgrade', /\b(?:upgrade|bump|migrate|migration)\b/i],
  ['document', /\b(?:document(?:ation)?|docs?|readme|comment(?:s|ary)?|typos?)\b/i],
  ['test', /\b(?:tests?|coverage|specs?)\b/i],
  ['add', /\b(?:add|implement|support|introduce|create|build|allow|enable|make|new|extend|improve|write)\b/i],
]

/** A long prompt tells its intent at its beginning. Characters. */
const readCharacters = 2_000

/** Reads the intent: of the first sentence that tells one, else of the beginning as a whole. */
export function readIntent(prompt: string): Intent {
  const beginning = prompt.slice(0, readCharacters)
  const first = /^[^\n.!?]*/.exec(beginning.trimStart())?.[0] ?? ''
  return intentOf(first) ?? intentOf(beginning) ?? 'unclear'
}

/** The sign that comes first in the text wins: “add a test for the crash” adds. */
function intentOf(text: string): Intent | undefined {
  const found = signs.map(([intent, sign]) => ({ intent, at: text.search(sign) })).filter(({ at }) => at >= 0)
  return found.toSorted((one, other) => one.at - other.at)[0]?.intent
}

/** How many things a prompt asks for: its list items, or its sentences. */
export function countAsks(prompt: string): number {
  const beginning = prompt.slice(0, 20_000)
  const items = beginning.match(/^[ \t]*(?:[-*•]|\d+[.)])[ \t]+\S/gm)?.length ?? 0
  const sentences = beginning.match(/[^\s.!?][^.!?\n]*(?:[.!?]+(?=\s|$)|\n|$)/g)?.length ?? 1
  return items > 1 ? items : Math.max(1, sentences)
}
