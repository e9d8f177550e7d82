/** The environment variable by which the processes of a worker are found again, also those that left their group. */
export const WORKER_MARKER = 'MAYFLY_WORKER'

/**
 * The marker's value in the processes of a worker: its id, after that of its supervisor, and after those around them when the
 * supervisor itself runs in a task (`supervisor/outer/supervisor/inner`). So the end of the outer worker finds what the inner one has
 * started, whatever has become of the inner supervisor and its guardian.
 */
export const workerMark = (workerId: string, around: string | undefined = process.env[WORKER_MARKER]): string => {
  if (around === undefined || around === '') return workerId
  return workersOfMark(around).includes(workerId) ? around : `${around}/${workerId}`
}

export const workersOfMark = (mark: string): string[] => mark.split('/')
