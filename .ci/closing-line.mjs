/*
 * Prints `N passed, N failed` last: the tests of the repository, from vitest's own report, and the checks of the packed
 * tarballs, from node:test's. Fails when there is nothing to count or something failed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const reports = join('.ci', 'reports')

const main = () => {
  const vitest = countVitest()
  const counts = [vitest, ...readdirSync(reports).filter(isTap).map(countTap)]
  for (const { title, passed, failed } of counts) process.stdout.write(`${title}: ${passed} passed, ${failed} failed\n`)
  const passed = sum(counts.map((count) => count.passed))
  const failed = sum(counts.map((count) => count.failed))
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  if (failed > 0 || vitest.passed === 0) process.exitCode = 1
}

const countVitest = () => {
  const title = 'vitest'
  try {
    const report = JSON.parse(readFileSync(join(reports, 'vitest.json'), 'utf8'))
    const filesWithoutTests = report.testResults.filter(isFailedWithoutTests).length
    return { title, passed: report.numPassedTests, failed: report.numFailedTests + filesWithoutTests }
  } catch (error) {
    return { title: `${title} left no report (${error.message})`, passed: 0, failed: 0 }
  }
}

/** A file that could not even be loaded has no test that failed, and still is a failure. */
const isFailedWithoutTests = (file) => file.status === 'failed' && file.assertionResults.length === 0

const isTap = (name) => name.endsWith('.tap')

const countTap = (name) => {
  const text = readFileSync(join(reports, name), 'utf8')
  const total = (word) => Number(text.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0)
  return { title: name, passed: total('pass'), failed: total('fail') + total('cancelled') }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)

main()
