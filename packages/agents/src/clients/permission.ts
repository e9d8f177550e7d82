/**
 * What an agent may do by itself. `read`: look at the workspace. `edit`: also change files in it, but run no commands.
 * `full`: whatever the client can, commands included.
 */
export type Permission = 'read' | 'edit' | 'full'

export const defaultPermission: Permission = 'edit'
