/** As the tooz workers of Vitrage say of themselves, some 110 bytes in the store. */
export const capabilities = { name: 'ApiWorker worker(0)', hostname: 'controller-1', process: 20_000, created: '2019-02-10T11:07:15+00:00' }
/** What msgpack puts before them. */
const headerBytes = 2
export const storedBytes = JSON.stringify(capabilities).length + headerBytes

/** 40 bytes. */
export const memberId = (index: number): string => `worker-${String(index).padStart(33, '0')}`
