/** What counts as one client: an IPv4 address, or the /64 of an IPv6 address, of which one host may have any number. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [before = '', after] = address.split('::')
  const [left, right] = [before, after ?? ''].map((text) => (text === '' ? [] : text.split(':')))
  const zeros = after === undefined ? 0 : 8 - (left?.length ?? 0) - (right?.length ?? 0)
  return [...(left ?? []), ...Array.from({ length: zeros }, () => '0'), ...(right ?? [])].slice(0, 4).join(':')
}
