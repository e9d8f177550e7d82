import type { LanguageFamily } from './file-kind.ts'

// No pattern may look across many lines: a file is whatever somebody wrote, and time must stay linear in its length.

/** Names of one file that are kept; a generated table of constants says no more than its first thousand. */
const mostNames = 1_000

const keywordDeclaration =
  /^[ \t]*(?:(?:export|default|declare|public|private|protected|internal|static|final|abstract|async|override|open|sealed|data|pub(?:\([a-z]+\))?|unsafe|extern|inline|virtual|partial|local|suspend|const(?=\s+(?:enum|fn)))\s+)*(?:function\*?|class|interface|type|enum|const|let|var|val|def|fn|func|fun|struct|trait|impl|module|mod|namespace|object|sub|protocol|extension|record|union|macro_rules!|defmodule|defp?|typedef struct)\s+(?:\([^)\n]{0,200}\)\s*)?(?:self\.)?([\p{L}_$][\p{L}\p{N}_$]*)/gmu
const methodDeclaration =
  /^[ \t]+(?:(?:public|private|protected|static|async|get|set|override|readonly|final|abstract|\*)\s*)*#?([\p{L}_$][\p{L}\p{N}_$]*)\s*(?:<[^>\n]*>)?\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)\s*(?::[^={\n]+)?\{/gmu
const assignedFunction = /(?:exports|module\.exports|prototype|this)\.([A-Za-z_$][\w$]*)\s*=/g
const typedMethod =
  /^[ \t]+(?:(?:public|private|protected|internal|static|final|abstract|override|async|virtual|synchronized)\s+)+[\w<>[\],.? ]+?\s([A-Za-z_]\w*)\s*\(/gm
const cFunction =
  /^(?!(?:else|return|typedef|if|for|while|switch)\b)[A-Za-z_][\w \t*&:<>,]*?[\s*&:]([A-Za-z_]\w*)\s*\([^;{}]{0,400}\)\s*(?:const\s*)?\{/gm
const cDefinition =
  /^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)|^\}?[ \t]*(?:typedef\b[^;{\n]{0,200}|)\b(?:struct|union|enum|class)\s+([A-Za-z_]\w*)/gm
const constant = /^([A-Za-z_]\w*)[ \t]*(?::[^=\n]+)?=[^=]/gm
const shellFunction = /^[ \t]*(?:function[ \t]+)?([A-Za-z_][\w-]*)[ \t]*\(\)[ \t]*\{?/gm
const heading = /^(?:#{1,6}[ \t]+(.{1,200})|(.{1,200})\n(?:={3,}|-{3,}|~{3,})[ \t]*$)/gm
const key = /^[ \t]{0,4}["']?([A-Za-z][\w.-]*)["']?[ \t]*[:=]/gm

const patternsOfFamily: Readonly<Record<LanguageFamily, readonly RegExp[]>> = {
  ecmascript: [keywordDeclaration, methodDeclaration, assignedFunction],
  python: [keywordDeclaration, constant],
  go: [keywordDeclaration],
  jvm: [keywordDeclaration, typedMethod],
  rust: [keywordDeclaration],
  c: [keywordDeclaration, cFunction, cDefinition],
  ruby: [keywordDeclaration, constant],
  php: [keywordDeclaration],
  shell: [shellFunction],
  other: [keywordDeclaration],
}

/**
 * The names that a file declares: functions, types, constants. Found line by line with patterns and not with a parser per
 * language: a plan needs to know that a name is there, for every language, also in a file that does not parse.
 */
export function declaredNames(text: string, family: LanguageFamily): readonly string[] {
  return namesBy(patternsOfFamily[family], text)
}

/** The headings of a document, each as its text. */
export function headings(text: string): readonly string[] {
  return namesBy([heading], text)
}

/** The keys at the first levels of a configuration file. */
export function configurationKeys(text: string): readonly string[] {
  return namesBy([key], text)
}

function namesBy(patterns: readonly RegExp[], text: string): readonly string[] {
  const names = new Set<string>()
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      names.add(match[1] ?? match[2] ?? '')
      if (names.size >= mostNames) return [...names]
    }
  }
  return [...names]
}
