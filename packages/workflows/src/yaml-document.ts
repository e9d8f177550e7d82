import { type Document, isAlias, isNode, LineCounter, parseDocument, visit } from 'yaml'
import type { DocumentPath } from './document-path.ts'
import { type DuplicateKey, duplicateKeys } from './duplicate-keys.ts'
import { assertModestSize } from './expanded-size.ts'
import { WorkflowError, type WorkflowProblem } from './workflow-error.ts'

/** A place in a text; both from 1. */
export interface SourcePosition {
  readonly line: number
  readonly column: number
}

/** A piece of a text in the document. */
export interface Excerpt {
  readonly text: string
  /** How many times the same piece stands before it in that text. */
  readonly before: number
}

/** A YAML text as a value, with the place of everything in it. */
export interface YamlDocument {
  readonly value: unknown
  /**
   * The place of what stands at a path, or of the nearest thing around it when nothing stands there; with an excerpt,
   * the place of that piece of it, as far as the file writes it in the same way.
   */
  positionOf(path: DocumentPath, excerpt?: Excerpt): SourcePosition
}

// An alias that stands once in each of 5,000 steps is fine; nested aliases multiply, and a bomb has millions.
const MOST_ALIASES = 10_000
const TOO_DEEP = 'nested too deeply'

/**
 * Parses one YAML 1.2 document, with merge keys (`<<`).
 *
 * @throws {WorkflowError} WORKFLOW_SYNTAX, with every syntax error and its place
 */
export function parseYaml(text: string, file: string): YamlDocument {
  // A byte order mark is not a column.
  const source = new YamlSource(text.startsWith('\ufeff') ? text.slice(1) : text, file)
  source.refuseControlCharacters()
  const document = source.compose()
  return { value: source.toValue(document), positionOf: (path, excerpt) => source.positionIn(document, path, excerpt) }
}

/** The text, and everything that can be wrong with it. */
class YamlSource {
  readonly #text: string
  readonly #file: string
  readonly #lines = new LineCounter()

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  refuseControlCharacters(): void {
    const found = /[^\P{Cc}\t\n\r\u0085]/u.exec(this.#text)
    if (found === null) return
    const before = this.#text.slice(0, found.index).split(/\r?\n/)
    const position = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    const hexadecimal = found[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()
    throw this.#error([{ path: '', message: `control character U+${hexadecimal}: is this a text file?`, ...position }])
  }

  compose(): Document {
    const document = this.#guarded(() =>
      // The schema is set so that a `%YAML 1.1` line cannot bring in dates, sets and binaries.
      parseDocument(this.#text, {
        lineCounter: this.#lines,
        merge: true,
        schema: 'core',
        // Its own check compares each key with every other one: 40,000 keys took 12 s (0.4 MB).
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: 'error',
      }),
    )
    this.#refuse(document.errors.map(({ message, pos }) => this.#problem(plain(message), pos[0])))
    this.#refuse(this.#guarded(() => duplicateKeys(document)).map((key) => this.#duplicate(key)))
    return document
  }

  #duplicate({ name, first, again }: DuplicateKey): WorkflowProblem {
    return this.#problem(`key "${name}" is already on line ${this.#position(first).line}`, again)
  }

  #refuse(problems: readonly WorkflowProblem[]): void {
    // Where the parser ran out of stack, whatever else it says is noise.
    const tooDeep = problems.filter(({ message }) => message === TOO_DEEP).slice(0, 1)
    if (problems.length > 0) throw this.#error(tooDeep.length > 0 ? tooDeep : problems)
  }

  toValue(document: Document): unknown {
    return this.#guarded(() => {
      refuseManyAliases(document)
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
      assertModestSize(value)
      return value
    })
  }

  positionIn(document: Document, path: DocumentPath, excerpt?: Excerpt): SourcePosition {
    for (let length = path.length; length >= 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return this.#position(node.range[0] + this.#offsetOf(excerpt, node.range))
    }
    return { line: 1, column: 1 }
  }

  #offsetOf(excerpt: Excerpt | undefined, [start, end]: readonly [number, number, number]): number {
    if (excerpt === undefined) return 0
    const written = this.#text.slice(start, end)
    let offset = written.indexOf(excerpt.text)
    for (let seen = 0; seen < excerpt.before && offset >= 0; seen++)
      offset = written.indexOf(excerpt.text, offset + excerpt.text.length)
    return Math.max(0, offset)
  }

  /** The parser throws for aliases that cannot be resolved, and for nesting deeper than the stack. */
  #guarded<Value>(parse: () => Value): Value {
    try {
      return parse()
    } catch (error) {
      throw this.#error(
        [this.#problem(explain(error), Math.max(0, this.#text.search(/(?<=^|[\s[{,])\*[^\s*]/)))],
        error,
      )
    }
  }

  #problem(message: string, offset: number): WorkflowProblem {
    return { path: '', message, ...this.#position(offset) }
  }

  #position(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  #error(problems: readonly WorkflowProblem[], cause?: unknown): WorkflowError {
    return new WorkflowError('WORKFLOW_SYNTAX', this.#file, problems, cause === undefined ? undefined : { cause })
  }
}

/** The parser looks for each alias among all others: 20,000 of them took 7 s (0.4 MB). */
function refuseManyAliases(document: Document): void {
  let count = 0
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || hasAnchor(node)) count += 1
    },
  })
  if (count > MOST_ALIASES) throw new Error('Excessive alias count')
}

function hasAnchor(node: object): boolean {
  return 'anchor' in node && node.anchor !== undefined
}

function explain(error: unknown): string {
  return plain(error instanceof Error ? error.message : String(error))
}

/** The parser's messages, where its words would puzzle the author of a workflow. */
function plain(message: string): string {
  if (/call stack|stack overflow/i.test(message)) return TOO_DEEP
  if (/alias count/i.test(message)) return `aliases expand to more than ${MOST_ALIASES}`
  return /multiple documents/.test(message)
    ? 'a second document begins here: one file holds one workflow'
    : message.slice(0, 200)
}
