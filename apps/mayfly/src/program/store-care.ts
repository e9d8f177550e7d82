import type { Command } from 'commander'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const addStoreCare = (program: Command): void => {
  program
    .command('doctor')
    .description(
      'look at everything that can be wrong with the store, and say what to do; exit code 1 when something is',
    )
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { doctorCommand } = await import('../commands/store.ts')
      await doctorCommand(options)
    })
  program
    .command('gc')
    .description('delete runs that ended long ago, with their artifacts, and files that no record names')
    .option('--keep <duration>', 'runs that ended within it stay', '30d')
    .option('--interrupted', 'also runs that could still be resumed')
    .option('--dry-run', 'only say what would be deleted')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (options) => {
      const { gcCommand } = await import('../commands/store.ts')
      await gcCommand(options)
    })
  program
    .command('backup <file>')
    .description('write a whole copy of the store to a new file, while others go on working')
    .option(...WORKING_FOLDER)
    .option(...AS_JSON)
    .exitOverride()
    .action(async (file: string, options) => {
      const { backupCommand } = await import('../commands/store.ts')
      await backupCommand(file, options)
    })
}
