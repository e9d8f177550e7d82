import { spawn } from 'node:child_process'

/** Runs git in a folder and gives what it printed. Configuration of this machine is left out, so that runs compare. */
export async function git(folder: string, args: readonly string[], input?: string | Buffer): Promise<string> {
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  }
  const child = spawn('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  const complaint: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => complaint.push(bytes))
  child.stdin.end(input)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}: ${Buffer.concat(complaint)}`)
  return Buffer.concat(output).toString()
}
