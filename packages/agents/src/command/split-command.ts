/** A command line cannot be taken apart without a shell, or only in a way that a shell would not. */
export class CommandLineError extends Error {
  readonly code = 'COMMAND_LINE_INVALID'
  override readonly name = 'CommandLineError'
  readonly line: string

  constructor(line: string, reason: string) {
    super(
      `The command line ${JSON.stringify(line)} cannot be used: ${reason}. A list of arguments is always understood.`,
    )
    this.line = line
  }
}

/** What a shell would do something with, outside quotes. Nothing is done here, so it has to be quoted. */
const SPECIAL = /[|&;<>()$`*?[\n]/

const TOKEN = /(?<space>[ \t]+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<plain>[^ \t'"\\]+)/sy

/**
 * Takes a command line apart by the quoting rules of a POSIX shell: blanks, `'…'`, `"…"` and `\`. Nothing is expanded: what a shell
 * would expand or act upon is refused unless it is quoted.
 *
 * @throws CommandLineError
 */
export function splitCommand(line: string): readonly string[] {
  const words: string[] = []
  let isInWord = false
  for (const token of tokensOf(line)) {
    if (token === null) {
      isInWord = false
      continue
    }
    if (isInWord) words[words.length - 1] += token
    else words.push(token)
    isInWord = true
  }
  if (words.length === 0) throw new CommandLineError(line, 'it is empty')
  return words
}

/** Null for blanks between words. */
function* tokensOf(line: string): Generator<string | null> {
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < line.length) {
    const at = TOKEN.lastIndex
    const { groups } = TOKEN.exec(line) ?? {}
    if (groups === undefined) throw new CommandLineError(line, `what begins at character ${at + 1} has no end`)
    yield wordPart(line, groups)
  }
}

function wordPart(line: string, groups: Readonly<Record<string, string | undefined>>): string | null {
  const { space, single, double, escaped, plain } = groups
  if (space !== undefined) return null
  if (double !== undefined) return unquote(line, double)
  if (plain !== undefined) return assertPlain(line, plain)
  // A backslash before a line's end joins two lines.
  return single ?? (escaped === '\n' ? '' : (escaped ?? ''))
}

function unquote(line: string, text: string): string {
  if (/(?<!\\)(?:\\\\)*[$`]/.test(text))
    throw new CommandLineError(line, 'a $ or ` in double quotes would be expanded by a shell')
  return text.replace(/\\([$`"\\\n])/g, (_whole, escaped: string) => (escaped === '\n' ? '' : escaped))
}

function assertPlain(line: string, text: string): string {
  const special = SPECIAL.exec(text)?.[0] ?? /^[~#]/.exec(text)?.[0]
  if (special === undefined) return text
  throw new CommandLineError(line, `${JSON.stringify(special)} has a meaning for a shell, and there is none; quote it`)
}
