export default async () => {
  throw Object.assign(new Error('as planned'), { code: 'SOAK_PLANNED' })
}
