import { type Concept, concepts, type Layer, layers, vagueSubjects, verbs } from './concepts.ts'
import type { ProjectStyle } from './project-style.ts'
import type { Random } from './random.ts'

/** A commit: its subject, and the files it writes. */
export interface StoryCommit {
  readonly subject: string
  readonly files: ReadonlyMap<string, string>
}

// How imperfectly subjects and files fit; chosen before anything was measured, and not changed since.
const likelihood = {
  /** A subject that says nothing of the place. */
  vague: 0.12,
  /** A subject says the layer too. */
  saysLayer: 0.6,
  /** A function is explained in people's words and not only named in code's. */
  explained: 0.3,
  /** A layer of a concept exists, and has a test. */
  layerExists: 0.75,
  tested: 0.5,
  /** A change touches the test beside, another layer, something else altogether. */
  touchesTest: 0.5,
  touchesLayer: 0.4,
  touchesOther: 0.12,
  /** A file imports from another concept; a text mentions one. */
  importsOther: 0.35,
  mentionsOther: 0.4,
}

interface StoryFile {
  readonly concept: Concept
  readonly layer: Layer
  readonly test: boolean
  text: string
}

/** Tells how a made-up project begins and goes on. */
export class ProjectStory {
  readonly #style: ProjectStyle
  readonly #random: Random
  readonly #files = new Map<string, StoryFile>()

  constructor(style: ProjectStyle, random: Random) {
    this.#style = style
    this.#random = random
  }

  begin(): ReadonlyMap<string, string> {
    for (const concept of concepts) {
      for (const layer of layers) if (this.#random.chance(likelihood.layerExists)) this.#addLayer(concept, layer)
    }
    return new Map([...this.#style.fixedFiles, ...[...this.#files].map(([path, { text }]) => [path, text] as const)])
  }

  next(): StoryCommit {
    const main = this.#pickSource(() => true)
    const paths = new Set([main.path, ...this.#companions(main.path, main.file)])
    for (const path of paths) this.#edit(path)
    const files = [...paths].map((path) => [path, this.#files.get(path)?.text ?? ''] as const)
    return { subject: this.#subjectFor(main.file), files: new Map(files) }
  }

  #addLayer(concept: Concept, layer: Layer): void {
    const path = this.#style.path(concept.code, layer.code)
    const imports = this.#random.chance(likelihood.importsOther)
      ? [this.#style.importLine(path, this.#random.pick(concepts).code, this.#random.pick(layers).code)]
      : []
    const functions = layer.functions.map((verb) => this.#functionText(concept, [verb, concept.code]))
    this.#files.set(path, { concept, layer, test: false, text: `${[...imports, ...functions].join('\n\n')}\n` })
    if (!this.#random.chance(likelihood.tested)) return
    const text = `${this.#style.importLine(path, concept.code, layer.code)}\n\n${this.#functionText(concept, ['test', concept.code])}\n`
    this.#files.set(this.#style.testPath(concept.code, layer.code), { concept, layer, test: true, text })
  }

  #functionText(concept: Concept, name: readonly string[]): string {
    const other = this.#random.chance(likelihood.mentionsOther) ? ` See also ${this.#random.pick(concepts).code}.` : ''
    const explained = this.#random.chance(likelihood.explained) ? ` for ${this.#random.pick(concept.talk)}` : ''
    return this.#style.functionText(name, `Takes a value and gives one${explained}.${other}`)
  }

  #pickSource(fits: (file: StoryFile) => boolean): { readonly path: string; readonly file: StoryFile } {
    const fitting = [...this.#files]
      .filter(([, file]) => !file.test && fits(file))
      .map(([path, file]) => ({ path, file }))
    const [first, ...others] = fitting
    if (first === undefined) throw new Error('The story has no file left to change.')
    return this.#random.pick([first, ...others])
  }

  #companions(path: string, { concept, layer }: StoryFile): readonly string[] {
    const test = this.#style.testPath(concept.code, layer.code)
    return [
      ...(this.#files.has(test) && this.#random.chance(likelihood.touchesTest) ? [test] : []),
      ...(this.#random.chance(likelihood.touchesLayer)
        ? [this.#pickSource((file) => file.concept === concept).path]
        : []),
      ...(this.#random.chance(likelihood.touchesOther) ? [this.#pickSource(() => true).path] : []),
    ].filter((other) => other !== path)
  }

  #edit(path: string): void {
    const file = this.#files.get(path)
    if (file === undefined) return
    const number = file.text.length
    file.text += `\n${this.#functionText(file.concept, [this.#random.pick(file.layer.functions), `step${number}`])}`
  }

  #subjectFor({ concept, layer }: StoryFile): string {
    if (this.#random.chance(likelihood.vague)) return this.#random.pick(vagueSubjects)
    const place = this.#random.chance(likelihood.saysLayer) ? ` ${this.#random.pick(layer.talk)}` : ''
    return `${this.#random.pick(verbs)} ${this.#random.pick(concept.talk)}${place}`
  }
}
