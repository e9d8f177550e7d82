/* For pools that know one worker file: what to run is part of the message. */
export const runExport = async ({ module, export: name, input }, context) =>
  await (await import(module))[name](input, context)
