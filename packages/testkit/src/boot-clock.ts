// process.hrtime has one origin for all processes of a boot; performance.now() begins anew in each.
const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** Milliseconds on a monotonic clock that all processes of this host share. */
export const bootTime = hrtimeMs

/** The same moment on the shared clock as `performanceTime` is on this process's `performance.now()`. */
export const toBootTime = (performanceTime: number): number => performanceTime - performance.now() + hrtimeMs()
