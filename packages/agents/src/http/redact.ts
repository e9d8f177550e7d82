/** A key shorter than this is a word that may stand anywhere. Characters. */
const shortestSecret = 8

/** Takes a key out of whatever is about to be kept, shown or sent. */
export function createRedact(key: string | null): (text: string) => string {
  if (key === null || key.length < shortestSecret) return (text) => text
  return (text) => text.replaceAll(key, '[redacted]')
}
