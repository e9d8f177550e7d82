import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Every package of this repository that is meant for the registry, with the file name that `pnpm pack` gives it.
 *
 * @returns {{ name: string, tarball: string, doors: string[] }[]}
 */
export const publishablePackages = () =>
  ['packages', 'apps']
    .flatMap(manifestsIn)
    .filter((manifest) => manifest.private !== true)
    .map(describePackage)

const manifestsIn = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name, 'package.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')))

const describePackage = ({ name, version, exports }) => ({
  name,
  tarball: `${name.replace('@', '').replace('/', '-')}-${version}.tgz`,
  // From `exports`, not from `publishConfig.exports`: a door that exists here only must be missed in the tarball.
  doors: Object.keys(exports).map((door) => name + door.slice(1)),
})
