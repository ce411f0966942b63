// What the map is given, what its routes answer, and what its parts hand to one another.

/** As `collection_map` of map.py sends it. */
export interface MapData {
  map: MapInfo
  routes: Routes
  /** The parameters of the URL of the search whose hits are lit; empty without one. */
  search: string
  /** What it is called: the words of it, as they were typed. */
  said: string
  /** What is asked for in the URL: the number of a cluster to be shown. */
  cluster: number | null
  tags: string[]
}

/** URLs of the app by name; what has none is not offered. */
export interface Routes {
  map: string
  thumbnails: string
  images: string
  /** Of the search page. */
  page: string
  selections?: string
  names?: string
  tags?: string
  exports?: string
}

/** Of the route `map`: what is used of it. */
export interface MapStatus {
  colours: string[]
}

/** A version of the map, as `_info` of core/ui/map/view.py gives it. */
export interface MapInfo {
  version: string
  layout: string
  points: number
  clusters: number
  bounds: Bounds
  behind: number
}

export type Bounds = [x0: number, y0: number, x1: number, y1: number]
export type Pair = [x: number, y: number]
export type Rgb = [red: number, green: number, blue: number]

export interface Place {
  x: number
  y: number
}

/** From where the map is seen. */
export interface Sight extends Place {
  scale: number
}

export interface NamedArray {
  name: string
  dtype: "float32" | "uint32" | "uint8"
  shape: number[]
  offset: number
}

/** Of a container: which arrays are in it, and what the route says beside them. */
export interface Header {
  arrays: NamedArray[]
  kind?: "category" | "number"
  legend?: LegendValue[]
  other?: number
  none?: number
  low?: number | null
  high?: number | null
  count?: number
  query?: QueryPlace | null
}

export interface Container {
  header: Header
  arrays: Map<string, Float32Array | Uint32Array | Uint8Array>
}

export interface LegendValue {
  value: string
  count: number
  filter: string
}

export interface QueryPlace extends Place {
  said: string
}

export interface Points {
  xy: Float32Array
  clusters: Uint32Array
}

interface Coloured {
  by: string
  legend: LegendValue[]
  other: number
  none: number
}

export type Colours =
  | (Coloured & { kind: "category"; categories: Uint8Array })
  | (Coloured & { kind: "number"; low: number; high: number; numbers: Float32Array })

export interface Hits {
  points: Uint32Array
  /** From 0 to 1, strong; NaN where it is not judged. */
  strengths: Float32Array
  count: number
  query: QueryPlace | null
}

export interface Clusters {
  clusters: Cluster[]
  outside: number
}

export interface Cluster extends Place {
  number: number
  name: string
  named_by: string
  concepts: string[]
  size: number
  level: number
  parent: number
  radius: number
  bounds: Bounds
  covers: { id: string; content_hash: string; name: string; point: number }[]
  filter: string
}

/** What is known of the picture at a point. */
export interface Picture {
  point: number
  id: string
  content_hash: string
  name: string
  folder: string
  labels: string[]
  tags: string[]
  width: number
  height: number
}

/** A selection, as the server keeps it. */
export interface Chosen {
  id: string
  name: string
  count: number
  filter: string
}

export type Shape = { box: Bounds } | { lasso: Pair[] }

/** How points are drawn: all of them, or those that stand out. */
export interface Layer {
  which: "all" | "lit" | "chosen"
  size: number
  alpha: number
  tone: number[]
  ring: number[]
}

/** Colours from 0 to 1. */
export interface Tones {
  faded: number[]
  paper: number[]
  accent: number[]
}

/** A point whose picture may be shown. */
export interface Candidate extends Place {
  rank: number
}

/** Room on the screen, around its middle. */
export interface Box extends Place {
  width: number
  height: number
}

/** The name of a cluster where it is drawn. */
export interface Label extends Box {
  cluster: Cluster
}

/** What a drag does. */
export type Mode = "move" | "box" | "lasso"
