// What the overview is given.

import type { SearchParams, StripPicture } from "../shared/types.d.ts"

/** As `overview_board` of overview.py sends it. */
export interface OverviewData {
  told: Told
  routes: Routes
  tiles: Tiles | null
  title: string
  may_start: boolean
  /** Whether pictures can be shown that no words describe. */
  may_ask: boolean
}

export interface Routes {
  thumbnails: string
  land: string
  quality: string
  duplicates: string
  map: string
}

/** Whose map is shown below the places, where the settings allow one. */
export interface Tiles {
  url: string
  credit: string
}

/** As `plain` of core/analysis/overview/report.py makes it. */
export interface Told {
  pictures: number
  size: number
  facets: Record<string, Facet>
  timeline: Timeline
  gathered: Gathered | null
  quality: QualityShort | null
  duplicates: DuplicatesShort | null
  clusters: ClustersShort | null
}

export interface Facet {
  distinct: number
  values: Value[]
}

export interface Value {
  value: string
  count: number
  filter: string
}

export interface Timeline {
  unit: string
  bars: Bar[]
  undated: number
  undated_filter: string
}

export interface Bar {
  label: string
  start: string
  count: number
  filter: string
}

export interface Dot {
  cell: string
  latitude: number
  longitude: number
  count: number
}

export interface BoxShare {
  label: string
  least: number
  most: number | null
  count: number
}

export interface Shown {
  id: string
  content_hash: string
  name: string
  path: string
  said: string
  search: string
}

export interface Presence {
  concept: string
  matched: number
  at_least: boolean
}

export interface Gathered {
  made: string
  pictures: number
  places: { located: number; dots: Dot[] }
  boxes: BoxShare[]
  label_boxes: Record<string, number>
  typical: Shown[]
  outliers: Shown[]
  rare: Shown[]
  concepts: Presence[]
  absent: Presence[]
}

export interface QualityShort {
  checked: number
  flagged: number
  filter: string
  flags: { key: string; title: string; count: number; filter: string }[]
}

export interface DuplicatesShort {
  levels: { level: string; title: string; groups: number; pictures: number; gain: number; filter: string }[]
  set_aside: number
}

export interface ClustersShort {
  count: number
  outside: number
  largest: { name: string; size: number; filter: string; covers: { content_hash: string }[] }[]
}

/** What cards do where something is chosen on them. */
export interface Acts {
  open(params: SearchParams): void
  ask: ((asked: { cell?: string; least?: number; most?: number | null }) => void) | null
  start(name: string): void
}

/** A row of a list with bars. */
export interface Row {
  name: string
  count: number
  /** Instead of the count. */
  said?: string
  search?: SearchParams
  act?: () => void
}

/** A place on a map, from 0 to 1 in both directions: Mercator's projection. */
export interface Spot {
  x: number
  y: number
}

/** A part of that map. */
export interface Frame {
  left: number
  top: number
  width: number
  height: number
}

export type { SearchParams, StripPicture }
