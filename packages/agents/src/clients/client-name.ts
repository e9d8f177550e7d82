/** The coding clients whose arguments and events are known here. */
export const clientNames = ['claude', 'codex', 'gemini', 'opencode', 'qwen', 'cursor-agent'] as const

export type ClientName = (typeof clientNames)[number]
