const sentence =
  'The settings page keeps the old address after a user has changed it, and only a second visit shows it. '
const report = sentence.repeat(200)

/** By the name that the table gives them. */
export const prompts: Readonly<Record<string, string>> = {
  'short keyword, 3 words': 'Fix login button',
  'long keyword, 3 words': 'Implement user authentication',
  'no keyword, 1 sentence': sentence,
  'phrase, 9 words': 'Analyze the whole codebase and tell what is unused',
  '1 kB': `${report.slice(0, 1000)} implement it`,
  '10 kB': `${report.slice(0, 10_000)} implement it`,
  '10 kB without a blank': 'x'.repeat(10_000),
}
