import { type Document, isScalar, type Pair, visit, type YAMLMap } from 'yaml'

/** A key that stands twice in one map; the places are offsets into the text. */
export interface DuplicateKey {
  readonly name: string
  readonly first: number
  readonly again: number
}

/** The keys that stand twice, in the order of the text. */
export function duplicateKeys(document: Document): DuplicateKey[] {
  const duplicates: DuplicateKey[] = []
  visit(document, { Map: (_key, map) => collectDuplicates(map, duplicates) })
  return duplicates
}

function collectDuplicates(map: YAMLMap, duplicates: DuplicateKey[]): void {
  const seen = new Map<string, number>()
  for (const pair of map.items) {
    const { name, offset } = namedKey(pair)
    const first = seen.get(name)
    if (first === undefined) seen.set(name, offset)
    // Several merge keys are as clear as one with a list.
    else if (name !== '<<') duplicates.push({ name, first, again: offset })
  }
}

/** The name under which a pair ends up in an object: `1` and `"1"` are the same there. */
function namedKey({ key }: Pair): { name: string; offset: number } {
  if (isScalar(key)) return { name: String(key.value), offset: key.range?.[0] ?? 0 }
  return { name: String(key), offset: 0 }
}
