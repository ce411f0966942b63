// What the gallery is given, what the server answers it, and what it keeps.

import type { Answered } from "../shared/types.d.ts"

/** As `gallery` of gallery.py sends it. */
export interface GalleryData extends Answered {
  answer: FirstPage
  search: Search | null
  routes: Routes
  k: number
  learning: boolean
}

/** A page of results, `Answer` of core/search/output. */
export interface Answer {
  results: Item[]
  offset: number
  judged: boolean
  matched: number | null
  at_least: boolean
  bands: Partial<Record<Band, number>>
  no_match: boolean
  of_kind: boolean
  searched: number
  collapsed: number
  has_more: boolean
  total: number
  facets: Record<string, Record<string, number>>
  facets_estimated: boolean
  duplicate_threshold: number
  milliseconds: Milliseconds
  read_text: string | null
  notes: string[]
  location: string | null
}

/** Where nothing is searched for, there are results only. The tags are those in use. */
export type FirstPage = Pick<Answer, "results"> & Partial<Omit<Answer, "results" | "facets">> & { tags: string[] }

/** What is known of an answer, its pages put together. */
export type PagedAnswer = Pick<Answer, "results"> & Partial<Answer>

export interface Milliseconds {
  embedding: number
  index: number
  ranking: number
}

export type Band = "strong" | "likely" | "weak" | "none"

/** A picture that is shown as one with another. */
export interface Duplicate {
  id: string
  /** Where several are searched, the one that it is in. */
  collection: string
  content_hash: string
  name: string
  path: string
  score: number | null
}

/** A picture among the results. */
export interface Item extends Duplicate {
  folder: string
  strength: number | null
  band: Band | null
  matches: boolean | null
  by_name: boolean
  count: number
  others: Duplicate[]
  width: number
  height: number
  format: string
  size: number
  taken_at: string | null
  camera: string
  lens: string
  gps: [latitude: number, longitude: number] | null
  frames: number
  labels: string[]
  tags: string[]
  splits: string[]
  quality: string[]
  clusters: string[]
  classes: string[]
  duplicates: string[]
  colours: [rgb: string, share: number][]
  boxes: number
}

/** What is known of a picture: of one within a stack little. `ofKind`: all that is known of a match is that much. */
export type Known = Duplicate & Partial<Omit<Item, keyof Duplicate>> & { ofKind?: boolean }

/** What was searched for, `SearchBody` of the API: handed on as it is, but for what is named here. */
export interface Search {
  min_match?: string
  sort?: string
  more?: string[]
  less?: string[]
  [name: string]: unknown
}

/** URLs of the app by name; what has none is not offered. */
export interface Routes {
  thumbnails: string
  images: string
  boxes?: string
  search?: string
  exports?: string
  tags?: string
  explain?: string
  heatmap?: string
  pictures?: string
  pair?: string
  /** Of the page with the map. */
  map?: string
}

/** A labelled part of a picture, in shares of its sides. */
export interface LabelledBox {
  label: string
  colour: string
  left: number
  top: number
  width: number
  height: number
}

/** A picture that was asked for by its id. */
export interface Picture extends Item {
  labelled_boxes: LabelledBox[]
}

/** What the route `pictures` answers. */
export interface Pictures {
  pictures: Picture[]
}

/** What the route `exports` answers. */
export interface Export {
  url: string
  count: number
}

/** What the route `tags` answers. */
export interface ChangedTags {
  changed: number
  unchanged: number
  missing: number
}

/** What the route `explain` answers. */
export interface Concepts {
  concepts: Concept[]
}

export interface Concept {
  concept: string
  weight: number
}

/** A line of what the route `heatmap` answers: how far it is, then the map; or what went wrong. */
export type HeatLine = HeatProgress | HeatMap | { error: string; remedy?: string }

export interface HeatProgress {
  done: number
  of: number
}

export interface HeatMap {
  columns: number
  rows: number
  values: number[]
}

/** A picture in its place among the results. */
export interface Tile extends HTMLElement {
  item: Known
  at: number
  search: Search | null
  signature: string
  boxes?: LabelledBox[]
}

/** Something to do, as a menu offers it. */
export interface Choice {
  label: string
  icon: string
  hint?: string
  run: () => void
}

/** What can be done with pictures, and the key for it. */
export interface Action {
  name: string
  label: string
  short: string
  icon: string
  key: string
}

/** Tells of tags that were changed: of which records, which were added and removed, and what is to be said of it. */
export type Tagged = (ids: string[], add: string[], remove: string[], done?: string) => void
