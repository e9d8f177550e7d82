/** What Mayfly itself leaves with each step; no agent needs to be told. */
const names: ReadonlySet<string> = new Set(['prompt.md', 'context.json', 'transcript.jsonl', 'stderr.log'])

export const isOwnArtifact = (name: string): boolean => names.has(name)
