/** The environment variable by which the processes of a session are found again, also those that left their group. */
export const SESSION_MARKER = 'MAYFLY_SESSION'

/**
 * The marker's value in the processes of a session: its id, after the ids of the sessions around it when the supervisor itself
 * runs in a task (`outer/inner`). So the end of the outer session finds what the inner one has started, whatever has
 * become of the inner supervisor and its guardian.
 */
export const sessionMark = (sessionId: string, around: string | undefined = process.env[SESSION_MARKER]): string => {
  if (around === undefined || around === '') return sessionId
  return sessionsOfMark(around).includes(sessionId) ? around : `${around}/${sessionId}`
}

export const sessionsOfMark = (mark: string): string[] => mark.split('/')
