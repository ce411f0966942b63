// What the comparison of two sides is given.

/** As `comparison_board` of comparison.py sends it. */
export interface ComparisonData {
  found: Found
  names: string[]
  thumbnails: string[]
}

/** As `found` of core/analysis/compare/report.py makes it. */
export interface Found {
  made: string
  verdict: Verdict
  overlap: Overlap
  has_concepts: boolean
  values: ValueDifference[]
  sides: Side[]
}

export interface Verdict {
  evidence: string
  said: string
  chance: number | null
  told_apart: number | null
}

export interface Overlap {
  same: number
  alike: number[]
  said: string
}

export interface ConceptDifference {
  concept: string
  shares: number[]
  higher: number
  evidence: string
  said: string
}

export interface ValueDifference {
  facet: string
  value: string
  filter: string
  counts: number[]
  shares: number[]
  evidence: string
  said: string
}

export interface Unlike {
  id: string
  content_hash: string
  name: string
  path: string
  nearest: number
  said: string
}

export interface Side {
  text: string
  collection: string
  conditions: string
  pictures: number
  compared: number
  concepts: ConceptDifference[]
  pictures_unlike: Unlike[]
}
