import { stemOf } from './words.ts'

/** Words that carry grammar and no subject. */
const grammarWords = `a about after all also am an and any are as at be because been before being between both but by can could
did do does doing done down each either etc even every few for from further had has have having he her here him his how i if in
instead into is it its itself just let like may me might more most must my neither no nor not now of off on once only onto or other
our out over own per please properly rather really same shall she should so some still such than that the their them then there
these they this those through to too under until up upon us very via was we were what when where whether which while who whom why
will with within without would yet you your always another anything everything ever here however lot lots many much never nothing
one ones several something thing things`

/** Words that say what to do, not where. They still count a little: a file may be named after one. */
const taskWords = `add added adding allow allows allowing avoid better change changed changes check clean cleanup code correct
correctly create ensure feat feature feel file files fix fixed fixes fixing get give handle handling implement implementation
implemented improve improved improvement improvements improving introduce issue issues keep make makes making missing move need
needs new old problem proper provide reduce refactor refactoring remove removed removing rename replace return returns rework
set show simplify stop support supported supporting tweak update updated updates updating use used uses using want way work
works wrong chore bug`

/** What programmers shorten, where the short form is not the beginning of the long one or is very short. */
const abbreviations: readonly (readonly string[])[] = [
  ['database', 'db'],
  ['message', 'msg'],
  ['request', 'req'],
  ['response', 'res', 'resp'],
  ['error', 'err'],
  ['function', 'fn', 'func'],
  ['directory', 'folder', 'dir'],
  ['button', 'btn'],
  ['context', 'ctx'],
  ['number', 'num'],
  ['package', 'pkg'],
  ['image', 'img'],
  ['kubernetes', 'k8s'],
  ['internationalization', 'i18n'],
  ['accessibility', 'a11y'],
  ['source', 'src'],
  ['library', 'lib'],
  ['document', 'documentation', 'docs', 'readme'],
  ['test', 'spec'],
  ['password', 'passwd', 'pwd'],
  ['command', 'cmd'],
  ['address', 'addr'],
  ['string', 'str'],
  ['object', 'obj'],
  ['value', 'val'],
  ['length', 'len'],
  ['index', 'idx'],
  ['pointer', 'ptr'],
  ['temporary', 'tmp', 'temp'],
  ['previous', 'prev'],
  ['parameter', 'param', 'argument', 'arg'],
]

/** Words that stand for the same thing in most code; looser than an abbreviation. */
const relatedWords: readonly (readonly string[])[] = [
  ['login', 'signin', 'authentication', 'auth', 'session'],
  ['logout', 'signout'],
  ['delete', 'remove', 'destroy'],
  ['error', 'exception', 'failure'],
  ['config', 'configuration', 'settings', 'options', 'preferences'],
  ['user', 'account', 'member'],
  ['timeout', 'deadline', 'expiry'],
  ['folder', 'directory'],
  ['email', 'mail'],
  ['permission', 'role', 'access', 'authorization'],
  ['style', 'css', 'theme'],
  ['cache', 'memoize'],
  ['fetch', 'load', 'download'],
  ['crash', 'panic', 'abort'],
  ['type', 'types', 'typing'],
  ['parse', 'parser', 'lexer', 'tokenizer'],
  ['cli', 'command', 'argv'],
  ['log', 'logger', 'logging'],
]

const grammar = new Set(grammarWords.split(/\s+/))
const tasks = new Set(taskWords.split(/\s+/))
const abbreviationsOf = neighbours(abbreviations)
const relatedTo = neighbours(relatedWords)

/** Whether a word, in lower case, carries no subject at all. */
export function isGrammarWord(word: string): boolean {
  return grammar.has(word)
}

/** Whether a word, in lower case, says what to do rather than where. */
export function isTaskWord(word: string): boolean {
  return tasks.has(word)
}

/** The stems of short and long forms of the word with this stem. */
export function abbreviationsOfStem(stem: string): readonly string[] {
  return abbreviationsOf.get(stem) ?? []
}

/** The stems of words that often stand for the same thing as the one with this stem. */
export function relatedToStem(stem: string): readonly string[] {
  return relatedTo.get(stem) ?? []
}

function neighbours(groups: readonly (readonly string[])[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  for (const group of groups) {
    const stems = [...new Set(group.map(stemOf))]
    for (const stem of stems) {
      found.set(stem, [...(found.get(stem) ?? []), ...stems.filter((other) => other !== stem)])
    }
  }
  return found
}
