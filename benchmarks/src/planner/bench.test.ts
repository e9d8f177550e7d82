import { describe, expect, it } from 'vitest'
import { measure } from './bench.ts'
import { generateRepository } from './generated-repository.ts'
import { git } from './git.ts'
import { listPastCommits } from './past-commits.ts'
import { openPastTree } from './past-tree.ts'
import { rankByPlainWords } from './plain-words.ts'
import { projectStyles } from './project-style.ts'
import { judge, meanQuality } from './quality.ts'
import { renderReport } from './report.ts'

const [typescript] = projectStyles
if (typescript === undefined) throw new Error('There is no style to generate with.')

describe('the planner benchmark', () => {
  it('writes the same repository for the same seed, hash for hash, and another for another', async () => {
    const heads: string[] = []
    for (const seed of [1, 1, 2]) {
      await using repository = await generateRepository(seed, typescript, 5)
      heads.push(await git(repository.folder, ['rev-parse', 'HEAD']))
    }
    expect(heads[0]).toBe(heads[1])
    expect(heads[0]).not.toBe(heads[2])
  })

  it('asks about a commit with the tree and the history of its parent, and nothing later', async () => {
    await using repository = await generateRepository(1, typescript, 8)
    const commits = await listPastCommits(repository.folder, 4)
    expect(commits).toHaveLength(4)
    await using tree = await openPastTree(repository.folder)
    for (const { commit, parent, changed } of commits) {
      await tree.moveTo(parent)
      expect((await git(tree.folder, ['rev-list', 'HEAD'])).split('\n')).not.toContain(commit)
      expect((await git(tree.folder, ['rev-parse', 'HEAD'])).trim()).toBe(parent)
      expect(await git(tree.folder, ['status', '--porcelain'])).toBe('')
      const there = (await git(tree.folder, ['ls-files', '-z'])).split('\0')
      expect(there).toEqual(expect.arrayContaining([...changed]))
    }
  })

  it('judges a ranking by what is among the first ten and by the place of the first', () => {
    const ranking = Array.from({ length: 20 }, (_, index) => `f${index}`)
    expect(judge(ranking, ['f1', 'f15'])).toEqual({ recallAt10: 0.5, reciprocalRank: 0.5 })
    expect(judge(ranking, ['elsewhere'])).toEqual({ recallAt10: 0, reciprocalRank: 0 })
    expect(meanQuality([{ recallAt10: 1, reciprocalRank: 0.5 }, judge([], ['x'])])).toEqual({
      recallAt10: 0.5,
      reciprocalRank: 0.25,
    })
  })

  it('compares with word matching that finds the words', async () => {
    await using repository = await generateRepository(1, typescript, 1)
    const ranking = await rankByPlainWords(repository.folder, 'webhook store', 5)
    expect(ranking[0]).toContain('webhook')
  })

  it('reports every commit, the seed and the version, and what a large folder cost', async () => {
    const report = await measure({ repositories: [], commits: 2, seed: 3, files: 120, json: undefined })
    expect(report).toMatchObject({ seed: 3, node: process.version, commits: 2 })
    const generated = report.comparisons.filter(({ origin }) => origin === 'generated')
    expect(generated.map(({ cases }) => cases.length)).toEqual([2, 2, 2])
    expect(report.largeFolder).toMatchObject({ files: 120, peakRssMb: expect.any(Number) })
    expect(renderReport(report)).toMatch(/generated-typescript-3 .*120 files/s)
  })
})
