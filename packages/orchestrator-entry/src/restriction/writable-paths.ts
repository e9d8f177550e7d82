import { readdir } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/** What a new name at the top of a workspace may begin with: nothing that hides, for what is hidden there configures other programs. */
const FIRST_CHARACTERS: readonly string[] = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_']

/**
 * Everything in a folder but git's own and the store, as paths for Node's permission model, which knows no exceptions: what is there by its
 * name, what may come by its first character.
 * @param store absolute path of the folder of runs and artifacts
 */
export const writablePaths = async (folder: string, store: string): Promise<readonly string[]> => {
  const kept = ['.git', '.mayfly', ...topOf(folder, store)].map((name) => name.toLowerCase())
  const free = FIRST_CHARACTERS.filter((character) => !kept.some((name) => name.startsWith(character.toLowerCase())))
  const others = (await readdir(folder)).filter(
    (name) => !free.includes(name.charAt(0)) && !kept.includes(name.toLowerCase()) && !name.includes('*'),
  )
  return [...free.map((character) => join(folder, `${character}*`)), ...others.map((name) => join(folder, name))]
}

/** The first part of the way down to it; none when it is not below. */
const topOf = (folder: string, store: string): readonly string[] => {
  const way = relative(folder, store)
  const [first = ''] = way.split(sep)
  return way === '' || first === '..' || isAbsolute(way) ? [] : [first]
}
