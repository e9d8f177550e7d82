import { spawn } from 'node:child_process'

/**
 * Runs a command with this process's output; resolves with its exit code, and with 1 when a signal ended it.
 *
 * @returns {Promise<number>}
 */
export const exitCodeOf = (command, options) =>
  new Promise((resolve, reject) => {
    const [file, ...parameters] = command
    const child = spawn(file, parameters, { stdio: 'inherit', ...options })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })

/** As `exitCodeOf`, for a command without which there is no point in going on. */
export const mustRun = async (command, options) => {
  const code = await exitCodeOf(command, options)
  if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}`)
}
