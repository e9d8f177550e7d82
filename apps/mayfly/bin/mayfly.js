#!/usr/bin/env node
// Plain JavaScript that any Node can parse, so that an old one is refused in one line instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)
const supported = (major === 22 && minor >= 18) || major === 24 || major >= 26

if (supported) {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { main } = await import('../dist/main.js')
  await main(process.argv.slice(2))
} else {
  process.stderr.write(
    `mayfly: Node ${process.versions.node} is not supported; expected ^22.18 || ^24 || >=26. Install one of these, or run it through pnpm in the repository, which brings its own.\n`,
  )
  process.exitCode = 1
}
