import { didYouMean, InvalidArgument } from '@muster/common'

import type { Io } from '../io.js'
import { shells } from './shells.js'
import type { Shell } from './shells.js'

// Each script asks the very command that is being typed, so it never knows less than that command.
const bash = String.raw`# svc completion bash: source <(svc completion bash)
_svc() {
  local line values=()
  COMPREPLY=()
  while IFS= read -r line; do values+=("$(printf '%q' "\${line%%$'\t'*}")"); done \
    < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=("\${values[@]}")
}
complete -o default -F _svc svc
`

const zsh = String.raw`#compdef svc
# svc completion zsh: source <(svc completion zsh), after compinit
_svc() {
  local line typed=("\${(@)words[2,CURRENT]}")
  local -a values shown
  if (( \${typed[(I)--]} && \${typed[(I)--]} < \${#typed} )); then _files; return; fi
  for line in "\${(@f)$("\${words[1]}" complete -- "\${typed[@]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] || continue
    values+=("\${line%%$'\t'*}")
    shown+=("\${line/$'\t'/  }")
  done
  if (( \${#values} == 0 )); then _files; return; fi
  compset -P '--*='
  compadd -l -d shown -- "\${values[@]}"
}
compdef _svc svc
`

const fish = String.raw`# svc completion fish: svc completion fish | source
function __svc_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l option (string match -r -- '^--[^=]+=' $current)
    for line in (command $words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
        printf '%s\n' "$option$line"
    end
end
complete -c svc -n 'not contains -- -- (commandline -opc)' -f -a '(__svc_complete)'
`

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }

const help = `Prints a script that completes commands, options, their choices, and the groups, names and hosts that are there.

  source <(svc completion bash)      in ~/.bashrc
  source <(svc completion zsh)       in ~/.zshrc, after compinit
  svc completion fish | source       in ~/.config/fish/config.fish
`

/** `svc completion SHELL`. Resolves with the exit status. @throws InvalidArgument */
export async function completion(words: readonly string[], io: Io): Promise<number> {
  const [shell, stray] = words
  if (shell === '--help' || shell === '-h') {
    await io.write(help)
    return 0
  }
  if (shell === undefined || stray !== undefined || !isShell(shell)) {
    const reason = shell === undefined ? 'Which shell?' : stray === undefined ? `There is no script for '${shell}'.${didYouMean(shell, shells)}` : `svc completion takes one word, not '${stray}' as well`
    throw new InvalidArgument('shell', reason, { hint: `Write svc completion ${shells.join(', svc completion ')}` })
  }
  await io.write(scripts[shell].replaceAll('\\$', '$'))
  return 0
}

const isShell = (word: string): word is Shell => (shells as readonly string[]).includes(word)
