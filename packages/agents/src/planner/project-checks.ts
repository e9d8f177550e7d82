import { access } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { Manifest } from './manifest.ts'

/** How a project is checked, as commands for a person to read. They are proposed, never run. */
export interface ProjectChecks {
  readonly commands: readonly string[]
}

type PackageManager = 'pnpm' | 'yarn' | 'bun' | 'npm'

const lockFiles: readonly (readonly [string, PackageManager])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
  ['package-lock.json', 'npm'],
]
const folderOption: Readonly<Record<PackageManager, string>> = {
  pnpm: '--dir',
  yarn: '--cwd',
  bun: '--cwd',
  npm: '--prefix',
}
/** In the order in which one would run them. */
const checkScripts = ['test', 'typecheck', 'type-check', 'check', 'lint', 'build']
const mostCommands = 6

/** Which commands check a change of these files: package scripts nearest to them, and what the language's manifest implies. */
export async function findChecks(
  roots: readonly string[],
  paths: readonly string[],
  manifests: readonly Manifest[],
  relevant: readonly string[],
): Promise<ProjectChecks> {
  const manager = await findPackageManager(roots)
  const scripts = nearestManifests(manifests, relevant).flatMap((manifest) => scriptCommands(manifest, manager))
  const commands = [...scripts, ...languageCommands(new Set(paths), relevant)]
  return { commands: [...new Set(commands)].slice(0, mostCommands) }
}

async function findPackageManager(roots: readonly string[]): Promise<PackageManager> {
  for (const root of roots) {
    for (const [name, manager] of lockFiles) if (await exists(join(root, name))) return manager
  }
  return 'npm'
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** The deepest manifest with a check above the files, then the top one. */
function nearestManifests(manifests: readonly Manifest[], relevant: readonly string[]): readonly Manifest[] {
  const useful = manifests.filter(({ scripts }) => checkScripts.some((name) => scripts.includes(name)))
  const above = (path: string): Manifest | undefined =>
    useful
      .filter(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
      .reduce<Manifest | undefined>(
        (best, each) => (best && best.folder.length >= each.folder.length ? best : each),
        undefined,
      )
  const top = useful.find(({ folder }) => folder === '')
  return [...new Set([...relevant.slice(0, 3).map(above), top])].filter((manifest) => manifest !== undefined)
}

function scriptCommands({ folder, scripts }: Manifest, manager: PackageManager): readonly string[] {
  const place = folder === '' ? '' : ` ${folderOption[manager]} ${quote(folder)}`
  return checkScripts.filter((name) => scripts.includes(name)).map((name) => `${manager}${place} run ${name}`)
}

function languageCommands(paths: ReadonlySet<string>, relevant: readonly string[]): readonly string[] {
  const folders = [...new Set(relevant.filter((path) => path.endsWith('.go')).map((path) => posix.dirname(path)))]
  const hasPython = ['pyproject.toml', 'setup.py', 'setup.cfg', 'tox.ini', 'pytest.ini'].some((name) => paths.has(name))
  const pythonTests = relevant.filter((path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path))
  return [
    ...(paths.has('go.mod') ? folders.slice(0, 2).map((folder) => `go test ./${quote(folder)}/...`) : []),
    ...(paths.has('go.mod') ? ['go vet ./...'] : []),
    ...(paths.has('Cargo.toml') ? ['cargo test'] : []),
    ...(hasPython ? [['python -m pytest', ...pythonTests.slice(0, 3).map(quote)].join(' ')] : []),
    ...(paths.has('pom.xml') ? ['mvn test'] : []),
    ...(paths.has('build.gradle') || paths.has('build.gradle.kts') ? ['gradle test'] : []),
    ...(paths.has('Gemfile') ? ['bundle exec rake test'] : []),
    ...(paths.has('CMakeLists.txt') ? ['ctest'] : []),
    ...(paths.has('Makefile') ? ['make test'] : []),
  ]
}

/** Readable and safe to paste: a name of a repository may hold anything. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
