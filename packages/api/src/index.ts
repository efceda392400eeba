export { serve } from './serve.js'
export type { RunningServer, ServeOptions } from './serve.js'
export { createApp } from './app.js'
export type { AppOptions } from './app.js'
