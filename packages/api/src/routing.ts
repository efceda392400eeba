import type { IRouter, RequestHandler } from 'express'

import type { Access } from './auth/access.js'
import { methodNotAllowed } from './problems.js'
import type { Route } from './route.js'

/** What a router has to know of a route. */
export interface RoutedPath extends Pick<Route, 'path' | 'role' | 'readBody'> {
  readonly method: Route['method'] | 'put'
  readonly handler: RequestHandler | RequestHandler[]
}

/** Gives a router its table: each row with who may ask, then the reader of its body, so that nobody's body is read who may not. */
export function addRoutes(router: IRouter, routes: readonly RoutedPath[], access: Access, readBody: RequestHandler): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const those = routes.filter((route) => route.path === path)
    const route = router.route(path.replace(/\{(\w+)\}/g, ':$1'))
    for (const { method, role, readBody: own = readBody, handler } of those) route[method](access.guard(role), own, handler)
    const allowed = those.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    route.all(readBody, methodNotAllowed(allowed.join(', ')))
  }
}
