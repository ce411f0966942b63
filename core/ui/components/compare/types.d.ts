// What is compared, and how it is looked at.

import type { Known } from "../gallery/types.d.ts"

/** Sides in pixels. */
export interface Sides {
  width: number
  height: number
}

/** A point in pixels, from the upper left corner of a pane. */
export interface Point {
  x: number
  y: number
}

/** What is looked at: how many times as large as it fits, and which point, in shares, is in the middle. */
export interface View {
  scale: number
  x: number
  y: number
}

export interface Place extends Sides {
  left: number
  top: number
}

/** Where the second picture lies in the first, in shares of both: x₁ = a·x₂ + b·y₂ + c, y₁ = d·x₂ + e·y₂ + f. */
export type Transform = [a: number, b: number, c: number, d: number, e: number, f: number]

/** What the route `pair` answers. */
export interface Alignment {
  transform: Transform | null
  level: string | null
  cosine: number | null
  how: string
}

export type Way = "beside" | "swipe" | "blend" | "difference"

/** URLs of the app that are used here; what has none is not offered. */
export interface CompareRoutes {
  thumbnails: string
  images: string
  pictures?: string
  pair?: string
}

/** Something that can be done with a picture that is compared. */
export interface Choice {
  label: string
  pressed?: boolean
  run: () => void
}

/** A picture; one that is not in the collection is shown from a URL within the browser. */
export type Item = Known & { url?: string }

export interface Compared {
  items: Item[]
  routes: CompareRoutes
  /** Their places among the items; the first two where nothing is said. */
  first?: number
  second?: number
  /** What can be done with one of them; nothing where nothing is said. */
  choices?: (item: Item) => Choice[]
  /** Whether a key means something to what has opened it. */
  keys?: (key: string) => boolean
  closed?: () => void
}
