export type ClientName = 'claude' | 'codex' | 'gemini' | 'opencode' | 'qwen'

export const clientNames: readonly ClientName[] = ['claude', 'codex', 'gemini', 'opencode', 'qwen']
