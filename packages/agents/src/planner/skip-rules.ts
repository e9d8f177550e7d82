import binaryExtensions from 'binary-extensions'
import { extensionOf } from './file-kind.ts'
import { hasUtf16Mark } from './read-start.ts'

/** Why a file or folder was not read. */
export const skipReasons = [
  'ignored',
  'dependencies',
  'vendored',
  'binary',
  'generated',
  'minified',
  'lockfile',
  'huge',
  'link',
  'special',
  'unreadable',
  'beyond-limit',
] as const
export type SkipReason = (typeof skipReasons)[number]

/**
 * Never entered, counted or named, whatever any rule says: the machinery of version control (`.git` is a file in a worktree)
 * and Mayfly's own folder.
 */
const unseen = new Set(['.git', '.mayfly', '.hg', '.svn', '.jj'])
const dependencyFolders = new Set(
  'node_modules bower_components jspm_packages .venv venv site-packages __pycache__ .tox .nox .yarn .pnpm-store Pods'.split(
    ' ',
  ),
)
const vendorFolders = new Set('vendor vendors vendored third_party third-party thirdparty'.split(' '))
const outputFolders = new Set(
  '.next .nuxt .turbo .gradle .terraform .cache coverage .nyc_output .parcel-cache'.split(' '),
)

const lockFiles = new Set(
  `package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock poetry.lock pdm.lock
  uv.lock pipfile.lock composer.lock gemfile.lock podfile.lock go.sum mix.lock pubspec.lock flake.lock packages.lock.json
  gradle.lockfile`.split(/\s+/),
)
const minifiedName = /(?:[.-]min\.(?:js|css|mjs)|\.bundle\.js|\.map)$/i
const generatedName =
  /(?:\.pb\.(?:go|cc|h)|_pb2(?:_grpc)?\.pyi?|\.g\.dart|\.freezed\.dart|\.generated\.[a-z]+|\.gen\.(?:go|ts|rs)|\.designer\.cs)$/i
const binaryExtension = new Set<string>(binaryExtensions)

/** Said in the first lines by the tools that write code: the two spellings agreed on across languages. */
const generatedMark =
  /@generated\b|\b(?:code|file|automatically|auto[- ]?)\s?generated\b[^\n]{0,200}\bdo not (?:edit|modify)|\bdo not (?:edit|modify)\b[^\n]{0,100}\bgenerated\b/i

// A person's lines are short; a build's output is one line, or a few of thousands of characters.
const minifiedLineLength = 500
const minifiedSample = 4_000

export function isUnseen(name: string): boolean {
  return unseen.has(name)
}

/** Why a folder is not entered, by its name alone. */
export function skipFolder(name: string): SkipReason | undefined {
  if (dependencyFolders.has(name)) return 'dependencies'
  if (vendorFolders.has(name.toLowerCase())) return 'vendored'
  return outputFolders.has(name) ? 'generated' : undefined
}

/** Why a file is not opened, by its name alone. */
export function skipFileName(name: string): SkipReason | undefined {
  if (lockFiles.has(name.toLowerCase())) return 'lockfile'
  if (minifiedName.test(name)) return 'minified'
  if (generatedName.test(name)) return 'generated'
  return binaryExtension.has(extensionOf(name)) ? 'binary' : undefined
}

/** Why what was read of a file is not looked at further. */
export function skipContent(bytes: Uint8Array): SkipReason | undefined {
  if (hasUtf16Mark(bytes)) return undefined
  return bytes.subarray(0, 8_192).includes(0) ? 'binary' : undefined
}

/** Why a file's text is not looked at further. Only code can be minified: a paragraph of prose is one long line. */
export function skipText(text: string, isCode: boolean): SkipReason | undefined {
  if (generatedMark.test(text.slice(0, 1_000))) return 'generated'
  return isCode && isMinified(text) ? 'minified' : undefined
}

function isMinified(text: string): boolean {
  const sample = text.slice(0, minifiedSample)
  return sample.length > minifiedLineLength && sample.length / sample.split('\n').length > minifiedLineLength
}
