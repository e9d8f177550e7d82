import { ArtifactContent, type ArtifactExcerpt } from './artifact-content.ts'
import type { ContextPart } from './context-record.ts'
import type { ContextInput } from './context-request.ts'
import { type Block, blockTokens, quoted } from './fence.ts'
import { ListSection } from './list-section.ts'
import { shareBudget } from './share-budget.ts'

/** Artifacts of one section whose content is put in; the others are named. Each of them is read up to the budget. */
const mostInlined = 100

/** How much of what is left one artifact may take at the cost of those after it. */
const fractionOfEach = 1 / 2

export interface FilledSection {
  readonly blocks: readonly Block[]
  readonly parts: readonly ContextPart[]
}

/** Artifacts of earlier steps: a list that names them, then the content of as many as fit. */
export class ArtifactSection {
  readonly #kind: 'input' | 'artifact'
  readonly #inputs: readonly ContextInput[]
  readonly #contents: readonly ArtifactContent[]
  readonly #list: ListSection

  private constructor(
    kind: 'input' | 'artifact',
    inputs: readonly ContextInput[],
    contents: readonly ArtifactContent[],
  ) {
    this.#kind = kind
    this.#inputs = inputs
    this.#contents = contents
    const about = kind === 'input' ? 'what this step declares as its input' : 'other artifacts of earlier steps'
    this.#list = new ListSection(
      'artifacts',
      about,
      inputs.map((input, index) => nameLine(input, contents[index])),
    )
  }

  /** @param limit estimated tokens that the section can have at most */
  static async measure(
    kind: 'input' | 'artifact',
    inputs: readonly ContextInput[],
    limit: number,
  ): Promise<ArtifactSection> {
    const contents: ArtifactContent[] = []
    // One after the other: each may need as much memory as the budget.
    for (const [index, input] of inputs.entries()) {
      const isBeyond = index >= mostInlined
      const reason = `Only the first ${mostInlined} artifacts are put in.`
      contents.push(isBeyond ? ArtifactContent.notMeasured(input, reason) : await ArtifactContent.measure(input, limit))
    }
    return new ArtifactSection(kind, inputs, contents)
  }

  /** Estimated tokens when nothing is cut. */
  get need(): number {
    return this.#contents.reduce((sum, { need }) => sum + need, this.#list.need)
  }

  async fill(tokens: number): Promise<FilledSection> {
    const needs = [this.#list.need, ...this.#contents.map(({ need }) => need)]
    const [forList = 0, ...portions] = shareBudget(needs, tokens, fractionOfEach)
    const named = this.#list.countWithin(forList)
    const blocks = [this.#list.render(named)]
    const parts: ContextPart[] = []
    for (const [index, content] of this.#contents.entries()) {
      const excerpt = await content.excerpt(portions[index] ?? 0)
      blocks.push(excerpt?.block)
      parts.push(this.#partOf(index, index < named, excerpt))
    }
    return { blocks: blocks.filter((block) => block !== undefined), parts }
  }

  #partOf(index: number, isNamed: boolean, excerpt: ArtifactExcerpt | undefined): ContextPart {
    const { name = '', fromStep = 0 } = this.#inputs[index] ?? {}
    const { obstacle, size = 0 } = this.#contents[index] ?? {}
    const lineTokens = isNamed ? this.#list.costOf(index) : 0
    return {
      kind: this.#kind,
      name,
      fromStep,
      ...standing(isNamed, excerpt, obstacle),
      tokens: lineTokens + (excerpt === undefined ? 0 : blockTokens(excerpt.block)),
      included: excerpt?.included ?? 0,
      total: excerpt?.total ?? size,
    }
  }
}

function standing(
  isNamed: boolean,
  excerpt: ArtifactExcerpt | undefined,
  obstacle: string | undefined,
): Pick<ContextPart, 'state' | 'reason'> {
  if (excerpt?.isWhole === true) return { state: 'whole', reason: 'It fits.' }
  if (excerpt !== undefined) return { state: 'cut', reason: 'The budget has room for its beginning only.' }
  if (!isNamed) return { state: 'left_out', reason: 'The budget has no room for its name.' }
  return { state: 'named', reason: obstacle ?? 'The budget has no room for its content.' }
}

function nameLine(input: ContextInput, content: ArtifactContent | undefined): string {
  const note = content?.obstacle === undefined ? '' : ` ${content.obstacle}`
  return `- ${quoted(input.name)} of step ${input.fromStep}, ${content?.size ?? input.size} bytes: ${quoted(input.path)}${note}\n`
}
