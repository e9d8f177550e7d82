/** How a project lays out and writes its files. */
export interface ProjectStyle {
  readonly name: string
  /** Path of a layer's file for a concept. */
  path(concept: string, layer: string): string
  testPath(concept: string, layer: string): string
  importLine(fromPath: string, concept: string, layer: string): string
  functionText(name: readonly string[], comment: string): string
  readonly fixedFiles: ReadonlyMap<string, string>
}

const camel = (words: readonly string[]): string =>
  words.map((word, index) => (index === 0 ? word : capital(word))).join('')
const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
const pascal = (words: readonly string[]): string => words.map(capital).join('')
const snake = (words: readonly string[]): string => words.join('_')

/** A folder for each concept, tests beside. */
const typescript: ProjectStyle = {
  name: 'typescript',
  path: (concept, layer) => `src/${concept}/${concept}-${layer}.ts`,
  testPath: (concept, layer) => `src/${concept}/${concept}-${layer}.test.ts`,
  importLine: (_, concept, layer) =>
    `import * as ${camel([concept, layer])} from '../${concept}/${concept}-${layer}.js'`,
  functionText: (name, comment) => `/** ${comment} */\nexport function ${camel(name)}(input) {\n  return input\n}\n`,
  fixedFiles: new Map([
    ['package.json', '{ "name": "shop", "type": "module", "scripts": { "test": "vitest run" } }\n'],
    ['README.md', '# Shop\n\nA shop.\n'],
    ['.gitignore', 'node_modules/\ndist/\n'],
  ]),
}

/** A folder for each layer, tests apart. */
const python: ProjectStyle = {
  name: 'python',
  path: (concept, layer) => `shop/${layer}s/${concept}.py`,
  testPath: (concept, layer) => `tests/${layer}s/test_${concept}.py`,
  importLine: (_, concept, layer) => `from shop.${layer}s import ${concept}`,
  functionText: (name, comment) => `def ${snake(name)}(value):\n    """${comment}"""\n    return value\n`,
  fixedFiles: new Map([
    ['pyproject.toml', '[project]\nname = "shop"\n'],
    ['README.md', '# Shop\n\nA shop.\n'],
    ...['stores', 'services', 'controllers', 'models', 'views'].map(
      (name) => [`shop/${name}/__init__.py`, ''] as const,
    ),
  ]),
}

/** A package for each concept. */
const go: ProjectStyle = {
  name: 'go',
  path: (concept, layer) => `internal/${concept}/${layer}.go`,
  testPath: (concept, layer) => `internal/${concept}/${layer}_test.go`,
  importLine: (_, concept) => `import "example.invalid/shop/internal/${concept}"`,
  functionText: (name, comment) =>
    `// ${pascal(name)}: ${comment}\nfunc ${pascal(name)}(input string) string {\n\treturn input\n}\n`,
  fixedFiles: new Map([
    ['go.mod', 'module example.invalid/shop\n'],
    ['README.md', '# Shop\n\nA shop.\n'],
  ]),
}

export const projectStyles: readonly ProjectStyle[] = [typescript, python, go]
