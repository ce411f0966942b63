// What the chart of recall is given.

/** As `recall_chart` of recall.py sends it. */
export interface RecallData {
  report: Report
}

/** As `plain` of core/search/recall/report.py makes it. */
export interface Report {
  engine: string
  index: string
  k: number
  queries: Record<string, number>
  searched: number
  target: number
  breadth_of: "candidates" | "partitions"
  exact_ms: number
  rows: Row[]
  used: Row | null
  cheapest: Row | null
  verdict: string
  notes: string[]
}

/** One effort, and what it comes to. */
export interface Row {
  breadth: number | null
  oversampling: number | null
  parameters: Record<string, number>
  used: boolean
  recall: number
  lowest: number
  lost: number
  kinds: Record<string, number>
  p50_ms: number
  p95_ms: number
}

/** A place on the chart. */
export interface Point {
  x: number
  y: number
}
