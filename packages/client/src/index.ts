export { createClient, createHistoryClient, createProvisioningClient } from './create-client.js'
export { parseEndpoint } from './endpoint.js'
export type { ClientOptions } from './create-client.js'
export type { Fetch, FetchResponse } from './fetch.js'
