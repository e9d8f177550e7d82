import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from './git.ts'
import { ProjectStory } from './project-story.ts'
import type { ProjectStyle } from './project-style.ts'
import { createRandom } from './random.ts'

/** A repository that the benchmark wrote. */
export interface GeneratedRepository extends AsyncDisposable {
  readonly name: string
  readonly folder: string
}

/** The same moment for every machine: 14 November 2023. Seconds. */
const firstCommitAt = 1_700_000_000
const secondsBetween = 3_600

/** Writes a repository with a history. The same seed, style and count give the same commits, hash for hash. */
export async function generateRepository(
  seed: number,
  style: ProjectStyle,
  commits: number,
): Promise<GeneratedRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-repository-'))
  const story = new ProjectStory(style, createRandom(seed))
  const stream: Buffer[][] = [commitStream(0, 'Begin', story.begin())]
  for (let number = 1; number <= commits; number += 1) {
    const { subject, files } = story.next()
    stream.push(commitStream(number, subject, files))
  }
  await git(folder, ['init', '--quiet', '--initial-branch=main'])
  await git(folder, ['fast-import', '--quiet'], Buffer.concat(stream.flat()))
  await git(folder, ['checkout', '--quiet', '--force', 'main'])
  return {
    name: `generated-${style.name}-${seed}`,
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** A commit in the words of `git fast-import`: a thousand of them take a second. */
function commitStream(number: number, subject: string, files: ReadonlyMap<string, string>): Buffer[] {
  const date = firstCommitAt + number * secondsBetween
  const header = `commit refs/heads/main\ncommitter Bench <bench@example.invalid> ${date} +0000\n`
  const changes = [...files].map(([path, text]) => Buffer.from(`M 100644 inline ${path}\n${data(text)}`))
  return [Buffer.from(`${header}${data(subject)}`), ...changes]
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
