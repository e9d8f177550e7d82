/** A tool that a client offers to the model. */
export interface OfferedTool {
  readonly name: string
  /** Names of the tool's parameters with their JSON types; an unknown type is null. */
  readonly parameters: Readonly<Record<string, string | null>>
}

/** What all protocols say in a request, in one form. */
export interface ModelRequest {
  readonly model: string
  readonly isStreamed: boolean
  readonly tools: readonly OfferedTool[]
  /** The first text that the user said: it tells one conversation from another. */
  readonly firstText: string
  /** Tool results since the user last spoke. */
  readonly toolResults: number
  /** Whether a stream should end with the usage: OpenAI's chat protocol leaves it out unless it is asked for. */
  readonly wantsUsage: boolean
}

/** A message, reduced to what the server decides by. */
export interface Message {
  readonly isUser: boolean
  readonly text: string
  readonly toolResults: number
}

/** The text that a conversation begins with, and how many tool results came since the user last spoke. */
export function readConversation(messages: readonly Message[]): Pick<ModelRequest, 'firstText' | 'toolResults'> {
  // A client may add a reminder in words to a message that carries tool results: that is not the user speaking.
  const lastSaid = messages.findLastIndex((message) => message.isUser && message.toolResults === 0)
  return {
    firstText: messages.find((message) => message.isUser)?.text ?? '',
    toolResults: messages.slice(lastSaid + 1).reduce((sum, message) => sum + message.toolResults, 0),
  }
}
