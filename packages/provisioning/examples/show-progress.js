/** Shows how far a cluster is until `signal` aborts, and how far it has come by then: redrawn in place on a terminal, elsewhere a line for each step that has ended. */
export async function showProgress(cluster, signal, output = process.stdout) {
  let [drawn, told] = [0, 0]
  const show = ({ status, provision_progress: steps, pending_steps: pending }) => {
    if (output.isTTY) {
      const lines = [`${status}`, ...steps.map(line), ...pending.map(({ step_name: name }) => `  ${name}: pending`)].map((text) => text.slice(0, output.columns - 1)) // one that wraps would be two
      output.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}\x1b[J${lines.join('\n')}\n`)
      drawn = lines.length
    } else {
      const ended = steps.filter(({ completed_at: at }) => at !== null)
      for (const { summary } of ended.slice(told)) output.write(`${summary}\n`)
      told = ended.length
    }
  }
  for await (const row of cluster.watch({ signal })) show(row)
  show(await cluster.show()) // the last change may have come as it ended
}

const width = 16

function line({ completed, failed, total, summary }) {
  const bad = Math.ceil((failed / total) * width)
  const done = Math.min(width - bad, Math.round((completed / total) * width))
  return `  [${'#'.repeat(done)}${'x'.repeat(bad)}${' '.repeat(width - done - bad)}] ${summary}`
}
