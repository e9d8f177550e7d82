/** The environment variable by which the processes of a session are found again, also those that left their group. */
export const SESSION_MARKER = 'MAYFLY_SESSION'
