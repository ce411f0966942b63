// What the page about labels is given, and what its routes answer.

/** As `labels_view` of labels.py sends it. */
export interface LabelsData {
  section: Section
  routes: Routes
  edits: boolean
  search: string
}

export type Section = "classes" | "suspicious" | "leakage" | "balance" | "unlabelled" | "pick"

export interface Routes {
  thumbnails: string
  images: string
  classes: string
  labels: string
  picks: string
  tags: string
  exports: string
}

/** What all parts of the page share. */
export interface Context extends LabelsData {
  say: (text: string) => void
  fail: (error: unknown) => void
}

/** A part of the page. */
export interface Part {
  show: () => Promise<void> | void
  close?: () => void
}

export interface Shown {
  id: string
  content_hash: string
  name: string
  path: string
  width: number
  height: number
  labels: string[]
  tags: string[]
  splits: string[]
}

export interface Work {
  state: "none" | "queued" | "running" | "paused" | "failed" | "ready"
  job: number | null
  said: string
  share: number | null
}

export interface Precision {
  right: number
  looked_at: number
  low: number
  high: number
  words: string
}

export interface ClassRow {
  name: string
  words: string
  threshold: number | null
  suggested: number | null
  used: number | null
  count: number | null
  yes: number
  no: number
  precision: Precision
}

export interface ListRow {
  id: number
  name: string
  exclusive: boolean
  applied: boolean
  tags: boolean
  classes: ClassRow[]
}

export interface Lists {
  work: Work
  lists: ListRow[]
  labels: string[]
  clusters: string[]
}

export interface Scored extends Shown {
  score: number
  right: boolean | null
}

export interface ClassPictures {
  name: string
  threshold: number
  suggested: number
  total: number
  curve: [score: number, count: number][]
  pictures: Scored[]
}

export interface Health {
  work: Work
  made: number | null
  pictures: number
  labelled: number
  labels: number
  splits: Record<string, number>
  suspicious: number
  missing: number
  leaks: Record<string, number>
  unlabelled: number
  behind: number
}

export interface Guess {
  label: string
  probability: number
}

export interface Rect {
  label: string
  left: number
  top: number
  width: number
  height: number
}

export interface Decision {
  verdict: "right" | "wrong" | "replaced"
  replacement: string
}

export interface SuspiciousRow {
  picture: Shown
  label: string
  quality: number
  looks_like: Guess[]
  neighbours: Shown[]
  boxes: Rect[]
  decision: Decision | null
}

export interface SuspiciousPage {
  total: number
  issues: number
  reviewed: number
  rows: SuspiciousRow[]
}

export interface LeakPair {
  level: string
  words: string
  cosine: number
  one: Shown
  other: Shown
}

export interface LeakPage {
  known: boolean
  levels: Record<string, number>
  total: number
  pairs: LeakPair[]
}

export interface UnlabelledPage {
  total: number
  rows: { picture: Shown; label: string; probability: number }[]
}

export interface BalanceRow {
  label: string
  pictures: Record<string, number>
  boxes: Record<string, number>
}

export interface BalanceReport {
  splits: string[]
  rows: BalanceRow[]
  notes: string[]
}

export interface BoxReport {
  boxes: number
  labelled: number
  per_picture: number
  heat: number[][]
  sizes: { words: string; count: number }[]
  problems: Record<string, number>
}

export interface BoxProblem {
  picture: Shown
  boxes: Rect[]
  words: string
}

export interface PickReply {
  pictures: (Shown & { kind: string })[]
  ids: string[]
  counts: Record<string, number>
  pool: number
  of: number
  farthest: number
  mean: number
  said: string
  notes: string[]
}
