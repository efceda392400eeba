/** Bytes that somebody wrote by hand to do harm. Each is one connection; none may be answered with more than a refusal, none may hang. */
export function attacks(headers: Readonly<Record<string, string>>): readonly Buffer[] {
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const request = (line: string, lines: readonly string[] = [], body = ''): string => [line, 'Host: x', 'Connection: close', ...given, ...lines, '', body].join('\r\n')
  const json = ['Content-Type: application/json']
  const patch = (body: string, more: readonly string[] = []): string => request('PATCH /v1/service/00000000-0000-4000-8000-000000000000 HTTP/1.1', [...json, ...more, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`], body)
  const chunked = (chunks: string): string => request('POST /v1/service HTTP/1.1', [...json, 'Transfer-Encoding: chunked'], chunks)
  const texts = [
    ...['hello\r\n\r\n', '\r\n'.repeat(2000) + 'x\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\0'.repeat(100), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ...['GET  / HTTP/1.1', 'GET /\t HTTP/1.1', 'GET / HTTP/1.1 ', 'get / HTTP/1.1', 'GET \\..\\ HTTP/1.1', 'GET ../../etc/passwd HTTP/1.1', 'OPTIONS * HTTP/1.1', 'GET * HTTP/1.1', 'CONNECT x:1 HTTP/1.1', 'TRACE / HTTP/1.1'].map((line) => request(line)),
    ...['/%2e%2e/%2e%2e/etc/passwd', '/v1/../../etc/passwd', '//example.org/', '/v1//service', '/v1/service/%00', '/v1/service/..%2f..', '/v1/service/%ff', '/v1/service/%', '/.git/config', '/v2.1/../v1/service', '/%5c..%5c', `/${'a/'.repeat(2000)}`, `/v1/service?${'a&'.repeat(4000)}`, `/v1/service?${'type=x&'.repeat(1100)}`, `/${'a'.repeat(9000)}`, `/${'a'.repeat(20_000)}`].map((path) => request(`GET ${path} HTTP/1.1`)),
    ...['X-A: 1\r\n b', 'X-A : 1', 'X-A', ': 1', 'X-A: \x01', 'X-A: a\nX-Injected: 1', 'X-Request-Id: a\r\n\r\nHTTP/1.1 200 OK\r\nX-Injected: 1', 'Host: y', 'Content-Length: 5, 5', 'Content-Length: 0x5', 'Content-Length: 99999999999999999999', 'Transfer-Encoding: identity, chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 3', 'Transfer-Encoding:\x0bchunked', 'Expect: x', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x', `Accept: ${'a/b;q=0.1,'.repeat(1400)}`, `If-Match: ${'"x",'.repeat(3000)}`, `Range: bytes=${'0-1,'.repeat(2000)}`, `X-A: ${'a'.repeat(16_000)}`, `Cookie: ${'a=b;'.repeat(3000)}`, `X-Forwarded-For: ${'1.1.1.1,'.repeat(1500)}`].map((header) => request('GET /v1/service HTTP/1.1', [header])),
    request('GET /v1/service HTTP/1.1', Array.from({ length: 500 }, (_, index) => `X-${index}: 1`)),
    ...['zz\r\n', '-1\r\n', 'ffffffffffffffffff\r\n', `1;${'a'.repeat(20_000)}\r\n`, '1\r\n{\r\n0\r\nX-A: 1\r\n'.repeat(3), `0\r\n${'X-A: 1\r\n'.repeat(3000)}\r\n`, '2\r\n{}0\r\n\r\n'].map(chunked),
    ...['['.repeat(40_000) + ']'.repeat(40_000), '{"a":'.repeat(15_000) + '1' + '}'.repeat(15_000), `{"status":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, `{"status":"${'a'.repeat(90_000)}"}`, '{"__proto__":{"status":"disabled"}}', '{"constructor":{"prototype":{"x":1}}}', '{"version":1e999}', '{"version":-0}', `{"version":${'9'.repeat(1000)}}`, '{"status":"enabled","status":"disabled"}', `{${Array.from({ length: 8000 }, (_, index) => `"k${index}":1`).join()}}`, '\xef\xbb\xbf{}', 'null', '[]', '"x"', '{"maintenance":{"until":"9999-99-99T99:99:99Z"}}', '{"maintenance":{"until":"+275760-09-13T00:00:00.001Z"}}', '{"disabledReason":"\\u0000\\ud800"}'].map((body) => patch(body)),
    patch('{}', ['Content-Encoding: gzip']),
    request('GET /livez HTTP/1.1').replace('Connection: close\r\n', '').repeat(300),
    request('GET /livez HTTP/1.1').replace('Connection: close\r\n', '') + 'broken\r\n\r\n',
  ]
  return texts.map((text) => Buffer.from(text, 'latin1'))
}
