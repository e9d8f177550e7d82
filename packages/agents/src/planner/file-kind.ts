import { posix } from 'node:path'

/** What a file is for, as its path tells. */
export type FileKind = 'source' | 'test' | 'document' | 'configuration' | 'data'

/** Languages whose declarations and imports are written alike share a family. */
export type LanguageFamily = 'ecmascript' | 'python' | 'go' | 'jvm' | 'rust' | 'c' | 'ruby' | 'php' | 'shell' | 'other'

const extensionsOfFamily: Readonly<Record<Exclude<LanguageFamily, 'other'>, string>> = {
  ecmascript: 'js mjs cjs jsx ts mts cts tsx vue svelte astro',
  python: 'py pyi pyx',
  go: 'go',
  jvm: 'java kt kts scala groovy cs swift dart',
  rust: 'rs',
  c: 'c h cc cpp cxx hh hpp hxx m mm',
  ruby: 'rb rake',
  php: 'php',
  shell: 'sh bash zsh fish bats',
}

const otherSourceExtensions =
  'sql lua pl pm ex exs erl hs ml mli clj cljs elm zig nim r jl css scss sass less html htm graphql proto tf nix vim el lisp asm s f90 ps1 hbs ejs pug erb jinja jinja2 j2 tmpl tpl'
const documentExtensions = new Set('md mdx rst adoc txt tex org pod'.split(' '))
const configurationExtensions = new Set(
  'json jsonc json5 yaml yml toml ini cfg conf properties env editorconfig xml gradle cmake mk mod bazel bzl'.split(
    ' ',
  ),
)

const families = new Map<string, LanguageFamily>(
  Object.entries(extensionsOfFamily).flatMap(([family, extensions]) =>
    extensions.split(' ').map((extension) => [extension, family as LanguageFamily] as const),
  ),
)
const sourceExtensions = new Set([...families.keys(), ...otherSourceExtensions.split(' ')])

const testFolder = /(?:^|\/)(?:tests?|__tests__|specs?|e2e|testing)\//i
const testName = /(?:[._-](?:tests?|spec)\.[^/]+|(?:^|\/)tests?_[^/]+|(?:Tests?|Spec|IT)\.[a-z]+|\.bats)$/
const dataFolder = /(?:^|\/)(?:__snapshots__|fixtures?|testdata|test-data|__fixtures__|golden|snapshots|locales?)\//i

/** The extension without its dot, in lower case; empty when there is none. */
export function extensionOf(path: string): string {
  return posix.extname(path).slice(1).toLowerCase()
}

export function languageFamilyOf(path: string): LanguageFamily {
  return families.get(extensionOf(path)) ?? 'other'
}

/** The language of a script without an extension, as its first line says it. */
export function languageFamilyOfScript(text: string): LanguageFamily {
  const interpreter = /^#![^\n]{0,100}?\b(node|deno|bun|python|ruby|php|(?:ba|z|k|da)?sh)[\d.]*(?:\s|$)/.exec(text)?.[1]
  if (interpreter === undefined) return 'other'
  if (['python', 'ruby', 'php'].includes(interpreter)) return interpreter as LanguageFamily
  return interpreter.endsWith('sh') ? 'shell' : 'ecmascript'
}

/** Tells what a file is for from its path, relative to the folder that is planned for. */
export function fileKindOf(path: string): FileKind {
  const extension = extensionOf(path)
  const isSource = sourceExtensions.has(extension)
  if (dataFolder.test(path)) return 'data'
  if (isSource && (testFolder.test(path) || testName.test(path))) return 'test'
  if (isSource) return 'source'
  if (documentExtensions.has(extension) || isNamedDocument(path)) return 'document'
  return configurationExtensions.has(extension) || isNamedConfiguration(path) ? 'configuration' : otherKind(extension)
}

function isNamedDocument(path: string): boolean {
  return /^(?:readme|changelog|changes|news|authors|contributing|license|copying|history|notice|todo|install)$/i.test(
    posix.basename(path),
  )
}

function isNamedConfiguration(path: string): boolean {
  return /^(?:\.[^/]+|(?:Makefile|Dockerfile|Containerfile|Gemfile|Rakefile|Procfile|Jenkinsfile|Vagrantfile|BUILD|WORKSPACE)[^/]*)$/i.test(
    posix.basename(path),
  )
}

/** A script often has no extension; anything else unknown is data. */
function otherKind(extension: string): FileKind {
  return extension === '' ? 'source' : 'data'
}
