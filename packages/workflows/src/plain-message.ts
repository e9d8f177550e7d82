const yamlWords: Readonly<Record<string, string>> = {
  ...{ string: 'text', number: 'a number', boolean: 'true or false', array: 'a list', int: 'a whole number' },
  ...{ object: 'a map', record: 'a map', null: 'nothing' },
}

/** What zod says, in the words of somebody who writes YAML. */
export function plainMessage(message: string): string {
  const [, expected = '', received = ''] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? []
  if (received === 'undefined') return 'is missing'
  if (received !== '') return `expected ${yamlWords[expected] ?? expected}, got ${yamlWords[received] ?? received}`
  return message.startsWith('Too small: expected string') ? 'is empty' : message
}
