export { createClient } from './create-client.js'
export type { ClientOptions } from './create-client.js'
