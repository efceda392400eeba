import { InvalidArgument } from '@muster/common'

import { validatePath } from './stock.js'

/** Translates between a caller's paths and the server's, which begin with the chroot. */
export class Paths {
  constructor(readonly chroot: string) {
    if (chroot !== '') checkPath(chroot)
  }

  /** @throws InvalidArgument for what is no path */
  toServer(path: string): string {
    checkPath(path)
    if (this.chroot === '') return path
    return path === '/' ? this.chroot : this.chroot + path
  }

  /** For the path given to a sequential create, whose last name may be empty. */
  prefixToServer(path: string): string {
    if (path === '/') return `${this.chroot}/`
    return path.endsWith('/') && path !== '//' ? `${this.toServer(path.slice(0, -1))}/` : this.toServer(path)
  }

  toCaller(path: string): string {
    if (this.chroot === '') return path
    return path === this.chroot ? '/' : path.slice(this.chroot.length)
  }
}

/** The node above; `/` for those at the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function checkPath(path: string): void {
  if (path.startsWith('/') && !path.endsWith('/') && !path.includes('//') && !path.includes('/.')) return // nothing to ask the slower rules about
  try {
    validatePath(path)
  } catch (cause) {
    throw new InvalidArgument('path', `'${path}' is no ZooKeeper path`, { cause, hint: 'A path begins with /, does not end with it, and has no empty names, no . and no ..' })
  }
}
