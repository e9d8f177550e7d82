/*
 * Prints `N passed, N failed` last: the tests of the repository, from vitest's own report, the cells of the adversarial matrix, the crash campaign
 * and the checks of the packed tarballs, these from TAP. No report, or one of no test that ran, counts as one failure.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const reports = join('.ci', 'reports')

const main = () => {
  const counts = [countVitest(), ...readdirSync(reports).filter(isTap).map(countTap)]
  for (const { title, passed, failed } of counts) process.stdout.write(`${title}: ${passed} passed, ${failed} failed\n`)
  for (const name of counts.flatMap((count) => count.names)) process.stdout.write(`failed: ${name}\n`)
  const passed = sum(counts.map((count) => count.passed))
  const failed = sum(counts.map((count) => count.failed))
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  if (failed > 0) process.exitCode = 1
}

const countVitest = () => {
  const report = readVitest()
  if (report === undefined || report.numPassedTests + report.numFailedTests === 0)
    return { title: 'vitest ran no test', passed: 0, failed: 1, names: [] }
  const filesWithoutTests = report.testResults.filter(isFailedWithoutTests)
  return {
    title: 'vitest',
    passed: report.numPassedTests,
    failed: report.numFailedTests + filesWithoutTests.length,
    names: [...filesWithoutTests.map((file) => file.name), ...report.testResults.flatMap(failedTests)],
  }
}

const readVitest = () => {
  const path = join(reports, 'vitest.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** A file that could not even be loaded has no test that failed, and still is a failure. */
const isFailedWithoutTests = (file) => file.status === 'failed' && file.assertionResults.length === 0

const failedTests = ({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName)

const isTap = (name) => name.endsWith('.tap')

const countTap = (name) => {
  const text = readFileSync(join(reports, name), 'utf8')
  const total = (word) => Number(text.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? 0)
  const names = [...text.matchAll(/^not ok \d+ - (.*(?:\n# (?!tests|pass|fail).*)*)/gm)].map(
    ([, found]) => `${name}: ${found}`,
  )
  return { title: name, passed: total('pass'), failed: total('fail') + total('cancelled'), names }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0)

main()
