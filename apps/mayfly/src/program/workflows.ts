import type { Command } from 'commander'
import { AS_JSON, WORKING_FOLDER } from './options.ts'

export const addWorkflows = (program: Command): void => {
  const workflows = program.command('workflows').description('list the workflows of the catalogue').exitOverride()
  workflows.option(...AS_JSON).action(async (options) => {
    const { listWorkflowsCommand } = await import('../commands/workflows.ts')
    await listWorkflowsCommand(options)
  })
  workflows
    .command('list')
    .description('the same')
    .option(...AS_JSON)
    .exitOverride()
    .action(async (_options: unknown, command: Command) => {
      const { listWorkflowsCommand } = await import('../commands/workflows.ts')
      await listWorkflowsCommand(command.optsWithGlobals())
    })
  const descriptions = {
    show: 'show the steps of a workflow, in the order in which they can run, and what it asks for',
    validate: 'check a workflow file: every mistake with line and column; exit code 2 when there is one',
    graph: 'print a workflow as a Mermaid diagram',
  } as const
  for (const [name, description] of Object.entries(descriptions)) {
    workflows
      .command(`${name} <workflow>`)
      .description(`${description}; a name of the catalogue or a file`)
      .option(...WORKING_FOLDER)
      .option(...AS_JSON)
      .exitOverride()
      .action(async (workflow: string, _options: unknown, command: Command) => {
        const { workflowCommands } = await import('../commands/workflows.ts')
        await workflowCommands[name as keyof typeof descriptions](workflow, command.optsWithGlobals())
      })
  }
}
