// What the page of duplicates is given, what the server answers it, and what it keeps.

/** As `duplicates_review` of duplicates.py sends it. */
export interface DuplicatesData {
  routes: ReviewRoutes
  summary: Summary
  decides: boolean
  folders: string[]
  collections: CollectionChoice[]
  search: string
}

/** URLs of the app by name. */
export interface ReviewRoutes {
  duplicates: string
  thumbnails: string
  images: string
  pictures: string
}

/** Another collection, in which pictures may be already, and the page that checks that. */
export interface CollectionChoice {
  title: string
  url: string
}

export type Level = "same-bytes" | "same-picture" | "look-alike"
export type Standing = "open" | "decided" | "all"
export type Reason = "resolution" | "quality" | "labelled" | "tagged" | "folder" | "oldest"
export type Decision = "kept" | "set-aside"

/** What the route `duplicates` answers. */
export interface Summary {
  state: "never" | "running" | "ready" | "stale"
  scanned_at: number | null
  records: number
  levels: Record<Level, LevelSummary>
  threshold: number
  floor: number
  set_aside: number
  kept: number
  freed: number
  unverified: number
  last_action: Action | null
}

export interface LevelSummary {
  groups: number
  records: number
  gain: number
  decided: number
}

/** What was decided at one time. */
export interface Action {
  id: number
  at: number
  by: string
  title: string
  set_aside: number
  kept: number
  distinct: number
  undone: boolean
}

/** A page of what `duplicates/groups` answers; gain, groups and records are those of the whole list. */
export interface GroupPage {
  groups: Group[]
  total: number
  offset: number
  gain: number
  records: number
}

export interface Group {
  key: string
  level: Level
  /** How many there are: more than members where there are very many. */
  count: number
  members: Member[]
  keeper: string
  reason: string
  reason_key: Reason | null
  size: number
  gain: number
  status: "open" | "decided"
}

export interface Member {
  id: string
  path: string
  name: string
  folder: string
  content_hash: string
  width: number
  height: number
  size: number
  format: string
  taken_at: string | null
  labels: string[]
  tags: string[]
  boxes: number
  level: Level
  cosine: number
  how: string
  decision: Decision | null
  quality: number
}

/** What is listed, and how the keepers are suggested. */
export interface Listing {
  level: Level
  standing: Standing
  /** Of look-alikes; null for the one that is suggested. */
  threshold: number | null
  reasons: Reason[]
  folders: string[]
  within: string
  against: string
}

/** What is sent to be decided. */
export interface Decided {
  keep: string[]
  set_aside: string[]
  distinct: string[][]
  /** About these nothing is to be decided any longer. */
  clear?: string[]
}
