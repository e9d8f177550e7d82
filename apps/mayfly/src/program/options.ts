/* Options that many commands have. */

export const WORKING_FOLDER = ['--cwd <folder>', 'the folder to work on (default: the current one)'] as const
export const AS_JSON = ['--json', 'print one JSON document'] as const
