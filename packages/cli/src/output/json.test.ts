import { expect, test } from '@jest/globals'

import { renderJson } from './json.js'

const titles = ['Name', 'Process Id', 'Labels']
const rows = [
  ['a\u001bb\nc, \u007f\u009b\u202e 日本 👍', 7, { role: 'a,\nb', '': '' }],
  ['', null, {}],
]

test('rows are objects keyed by the titles, in ASCII, two spaces deep', () => {
  expect(renderJson({ titles, rows }, { indent: true })).toBe(String.raw`[
  {
    "Name": "a\u001bb\nc, \u007f\u009b\u202e \u65e5\u672c \ud83d\udc4d",
    "Process Id": 7,
    "Labels": {
      "role": "a,\nb",
      "": ""
    }
  },
  {
    "Name": "",
    "Process Id": null,
    "Labels": {}
  }
]
`)
})

test('--noindent is one line with a blank after commas and colons, as Python has it', () => {
  expect(renderJson({ titles, rows }, { indent: false })).toBe(
    String.raw`[{"Name": "a\u001bb\nc, \u007f\u009b\u202e \u65e5\u672c \ud83d\udc4d", "Process Id": 7, "Labels": {"role": "a,\nb", "": ""}}, {"Name": "", "Process Id": null, "Labels": {}}]` + '\n',
  )
})

test.each([true, false])('no value is lost on the way (indent %s)', (indent) => {
  const [first] = JSON.parse(renderJson({ titles, rows }, { indent })) as unknown[]
  expect(first).toEqual({ Name: rows[0]?.[0], 'Process Id': 7, Labels: rows[0]?.[2] })
})

test('without rows it is an empty list', () => {
  expect(renderJson({ titles, rows: [] }, { indent: true })).toBe('[]\n')
  expect(renderJson({ titles, rows: [] }, { indent: false })).toBe('[]\n')
})
