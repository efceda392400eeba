import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

import type { Sample } from './samples.js'

/** A metric that an expression reads, and the labels that it names with it. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly string[]
}

/** An expression of PromQL, by Prometheus' own grammar. */
export class Expression {
  readonly #root: SyntaxNode

  /** @throws for a text that is none */
  constructor(readonly text: string) {
    const tree = parser.parse(text)
    tree.iterate({
      enter: ({ type, from }) => {
        if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`)
      },
    })
    const root = tree.topNode.firstChild
    if (root === null) throw new Error('no PromQL: nothing')
    this.#root = root
  }

  /** The metrics that it reads. A label by which results are grouped or matched is one of every metric below that. */
  selectors(): readonly Selector[] {
    return [...this.#find(this.#root, 'VectorSelector')].map((node) => ({ metric: this.#textOf(node.getChild('Identifier')), labels: [...this.#labelsIn(node), ...this.#groupedBy(node)] }))
  }

  /** What it gives for these samples at one moment; undefined if it is about a span of time. */
  evaluate(samples: readonly Sample[]): readonly Sample[] | undefined {
    return [...this.#find(this.#root, 'MatrixSelector')].length > 0 ? undefined : this.#valueOf(this.#root, samples)
  }

  #valueOf(node: SyntaxNode, samples: readonly Sample[]): readonly Sample[] {
    const [first, , last] = [node.firstChild, node.firstChild?.nextSibling, node.lastChild]
    if (node.name === 'ParenExpr' && first) return this.#valueOf(first, samples)
    if (node.name === 'VectorSelector') return this.#select(node, samples)
    if (node.name === 'AggregateExpr') return this.#aggregate(node, samples)
    if (node.name === 'FunctionCall' && this.#textOf(first) === 'absent') return this.#inner(node, samples).length > 0 ? [] : [{ name: '', labels: {}, value: 1 }]
    if (node.name === 'BinaryExpr' && first && last?.name === 'NumberDurationLiteral') {
      const compare = comparisons[this.#textOf(first.nextSibling)]
      const limit = Number(this.#textOf(last))
      if (compare) return this.#valueOf(first, samples).filter(({ value }) => compare(value, limit))
    }
    throw new Error(`cannot evaluate ${node.name}: ${this.#textOf(node)}`)
  }

  #select(node: SyntaxNode, samples: readonly Sample[]): readonly Sample[] {
    const matchers = [...this.#find(node, 'UnquotedLabelMatcher')].map((matcher) => {
      const [label, operator, value] = [matcher.getChild('LabelName'), matcher.getChild('MatchOp'), matcher.getChild('StringLiteral')].map((part) => this.#textOf(part))
      if (operator !== '=') throw new Error(`cannot evaluate ${operator ?? ''}`)
      return { label: label ?? '', value: JSON.parse(value ?? '') as unknown }
    })
    const metric = this.#textOf(node.getChild('Identifier'))
    return samples.filter(({ name, labels }) => name === metric && matchers.every(({ label, value }) => (labels[label] ?? '') === value))
  }

  #aggregate(node: SyntaxNode, samples: readonly Sample[]): readonly Sample[] {
    const aggregation = aggregations[this.#textOf(node.getChild('AggregateOp'))]
    if (aggregation === undefined) throw new Error(`cannot evaluate ${this.#textOf(node)}`)
    const modifier = node.getChild('AggregateModifier')
    const by = modifier ? [...this.#find(modifier, 'LabelName')].map((label) => this.#textOf(label)) : []
    const groups = new Map<string, Sample>()
    for (const { labels, value } of this.#inner(node, samples)) {
      const kept = Object.fromEntries(by.flatMap((label) => (label in labels ? [[label, labels[label] ?? '']] : [])))
      const known = groups.get(JSON.stringify(kept))
      groups.set(JSON.stringify(kept), { name: '', labels: kept, value: known ? aggregation(known.value, value) : value })
    }
    return [...groups.values()]
  }

  /** The value of what stands between the parentheses. */
  #inner(node: SyntaxNode, samples: readonly Sample[]): readonly Sample[] {
    const body = node.getChild('FunctionCallBody')
    const inner = body && [...this.#children(body)].find(({ name }) => name !== '(' && name !== ')')
    if (!inner) throw new Error(`nothing within ${this.#textOf(node)}`)
    return this.#valueOf(inner, samples)
  }

  *#find(node: SyntaxNode, name: string): Generator<SyntaxNode> {
    if (node.name === name) yield node
    for (const child of this.#children(node)) yield* this.#find(child, name)
  }

  *#children(node: SyntaxNode): Generator<SyntaxNode> {
    for (let child = node.firstChild; child; child = child.nextSibling) yield child
  }

  #labelsIn(node: SyntaxNode): string[] {
    return [...this.#find(node, 'LabelName')].map((label) => this.#textOf(label))
  }

  #groupedBy(node: SyntaxNode): string[] {
    const labels: string[] = []
    for (let above = node.parent; above; above = above.parent) {
      for (const name of ['AggregateModifier', 'MatchingModifierClause']) labels.push(...above.getChildren(name).flatMap((modifier) => this.#labelsIn(modifier)))
    }
    return labels
  }

  #textOf(node: SyntaxNode | null | undefined): string {
    return node ? this.text.slice(node.from, node.to) : ''
  }
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '>': (value, limit) => value > limit,
  '<': (value, limit) => value < limit,
  '==': (value, limit) => value === limit,
}

const aggregations: Readonly<Record<string, (one: number, other: number) => number>> = { sum: (one, other) => one + other, max: Math.max }
