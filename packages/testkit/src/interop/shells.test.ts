import { expect, test } from '@jest/globals'

import { provideShells } from './shells.js'

test('without the shells the tests of completion fail, with what is missing, what to install, and why it was not', async () => {
  await expect(provideShells(() => {}, { PATH: '/nowhere', SVC_TEST_INSTALL: '0' })).rejects.toThrow(
    [
      'No bash, no zsh, no fish, no script to run the tests with. Install and run the tests again:',
      '  on Debian or Ubuntu: sudo apt-get install bash zsh fish bsdutils',
      'They were not installed here: turned off by SVC_TEST_INSTALL=0',
    ].join('\n'),
  )
})
