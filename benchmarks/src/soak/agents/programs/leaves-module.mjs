import { once } from 'node:events'

/* A module agent that leaves two children running, one of which ignores SIGTERM. */
export default async (_request, context) => {
  const children = [
    context.spawn('sleep', ['600'], { stdio: 'ignore' }),
    context.spawn('sh', ['-c', 'trap "" TERM; sleep 600'], { stdio: 'ignore' }),
  ]
  await Promise.all(children.map((child) => once(child, 'spawn')))
  return { summary: 'left two behind' }
}
