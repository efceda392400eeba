/** The eleven workers of Vitrage's specification. */
export const vitrageNames = [
  'ApiWorker worker(0)',
  ...[0, 1, 2, 3].map((number) => `EvaluatorWorker worker(${number})`),
  'MachineLearningService worker(0)',
  'PersistorService worker(0)',
  'SnmpParsingService worker(0)',
  'VitrageNotifierService worker(0)',
  'vitrageuWSGI worker 1',
  'vitrageuWSGI worker 2',
]

/** Names that a table shows as they are. */
export const printableNames = [
  'a',
  '-',
  '0',
  'null',
  '%41',
  '(b) [c] {d}',
  '  spaces around  ',
  'two  spaces',
  `quote'"s`,
  'back\\slash',
  'a/path/of/names',
  'key=value;x,y:z@w',
  '<b>&amp;</b>',
  'locks',
  'leader',
  'x'.repeat(4096),
  'ünïcödé',
  'e\u0301 combining',
  '½ ·§',
  'קבוצה',
  'قلب',
  'ก็ thai',
  '日本語 worker(0)',
  '한국어',
  'ｆｕｌｌ',
  '☃ ✈',
  '😀 emoji',
  '🇩🇪 flag',
  '𝔘𝔫',
  'zero\u200bwidth',
  'no\u00a0break',
  '日'.repeat(300),
]

/** Names that one format or another writes in a way of its own. */
export const trickyNames = [
  ...['=1+1', '-dash', '"quoted"', `it's`, 'a,b', 'a\\b', 'a: b', 'a #b', '- item', '[list]', '{map}', '---', 'yes', '~', '1:30', '0x1f', '2019-02-10'],
  'one-two three-four--five six',
  `${'long '.repeat(30)}name`,
  `${"it's ".repeat(30)}name`,
]

/** Names of characters whose width is counted in more than one way. */
export const ambiguousNames = ['👩‍👩‍👧 family', '❤️ heart', 'हिन्दी', 'soft\u00adhyphen']

/** Names that would act on a terminal, if they were not shown otherwise. */
export const harmfulNames = ['red \u001b[31m', 'two\nlines', 'tab\there', 'back\u0008space', 'nul\u0000', 'right to left \u202e', 'line\u2028separator', 'lone \ud800']

/** A name as it is listed: half a surrogate pair becomes U+FFFD. */
export const asText = (name: string): string => Buffer.from(name).toString()
