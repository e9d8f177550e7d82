import { text } from 'node:stream/consumers'

/*
 * What the latest commits have changed, folder by folder. It starts git, so it needs leave to start programs: it runs without --permission,
 * or with --permission full.
 */

const MOST_COMMITS = 200

export default async function summariseChanges(request, context) {
  const log = await git(request.cwd, context, ['log', `--max-count=${MOST_COMMITS}`, '--format=%H'])
  const commits = log.split('\n').filter(Boolean)

  // What an earlier attempt had come to. A checkpoint is a whole: it says all that is needed to go on.
  const { done, folders } = context.lastCheckpoint ?? { done: [], folders: {} }
  if (done.length > 0) context.log(`Goes on after ${done.length} of ${commits.length} commits`)

  for (const commit of commits.filter((hash) => !done.includes(hash))) {
    const changes = await git(request.cwd, context, ['show', '--numstat', '--no-renames', '--format=', commit])
    for (const change of changes.split('\n').filter(Boolean)) count(folders, change)
    done.push(commit)
    context.checkpoint({ done, folders })
    context.progress({ commits: done.length, of: commits.length })
  }

  const { name } = await context.artifact('changes.md', toMarkdown(request.prompt, folders))
  const summary = `${commits.length} commits changed files in ${Object.keys(folders).length} folders`
  return { summary, output: { artifact: name, folders } }
}

/** A line of `git show --numstat`: added, removed and path, between tabs; `-` for both when the file is no text. */
function count(folders, change) {
  const [added, removed, path] = change.split('\t')
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '.'
  folders[folder] ??= { files: 0, added: 0, removed: 0 }
  folders[folder].files += 1
  folders[folder].added += Number(added) || 0
  folders[folder].removed += Number(removed) || 0
}

function toMarkdown(title, folders) {
  const rows = Object.entries(folders)
    .sort(([, one], [, other]) => other.added + other.removed - one.added - one.removed)
    .map(([folder, { files, added, removed }]) => `| ${folder} | ${files} | ${added} | ${removed} |`)
  return [
    `# ${title}`,
    '',
    '| folder | changes | lines added | lines removed |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** Started through the context, it is dead when the session ends, whatever ends it. */
async function git(cwd, context, args) {
  const child = context.spawn('git', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [code, output, complaint] = await Promise.all([exit, text(child.stdout), text(child.stderr)])
  context.signal.throwIfAborted()
  if (code === 0) return output
  const error = new Error(`git ${args[0]} in ${cwd}: ${complaint.trim()}`)
  // A folder without a repository will have none at the next attempt either: an error of this name is not tried again.
  if (/not a git repository/.test(complaint)) error.name = 'ValidationError'
  throw error
}
