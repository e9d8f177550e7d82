import type { ModelMessage } from 'ai'
import type { CallUsage } from './model-price.ts'

/** A tool call as the model wrote it. */
export interface AskedCall {
  readonly id: string
  readonly tool: string
  /** Not checked yet. */
  readonly input: unknown
}

/** One whole answer of the model. Nothing of an answer that broke off is ever in one. */
export interface ModelAnswer {
  readonly text: string
  readonly calls: readonly AskedCall[]
  /** As the endpoint names it. */
  readonly model: string
  readonly usage: CallUsage
  /** To be sent with the next call. */
  readonly messages: readonly ModelMessage[]
}
