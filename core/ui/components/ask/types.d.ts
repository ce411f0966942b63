// What the conversation is given, what the server answers it, and what it keeps.

import type { Item } from "../gallery/types.d.ts"

/** As `ask_area` of ask.py sends it. */
export interface AskData {
  routes: AskRoutes
  asked: { host: string; model: string }
  terms: Terms
  examples: string[]
}

/** URLs of the app by name. */
export interface AskRoutes {
  ask: string
  pictures: string
  thumbnails: string
  images: string
}

export interface Terms {
  names: boolean
  places: boolean
  side: number
  k: number
  question_tokens: number
  search_tokens: number[]
}

/** What the visitor has chosen of the terms. */
export interface Chosen {
  k: number
  names: boolean
  places: boolean
}

/** A picture that was handed to the model. */
export interface Numbered {
  number: number
  id: string
  score: number | null
  band: Item["band"]
}

export interface Looked {
  kind: "looked"
  tool: string
  asked: { text?: string; ids?: string[]; id?: string }
  verdict: string
  no_match: boolean
  pictures: Numbered[]
}

/** A message that went to the model. */
export interface Sent {
  kind: "sent"
  role: string
  text: string
  images: { width: number; height: number; size: number }[]
}

export interface Done {
  kind: "done"
  cited: number[]
  requests: number
  images: number
  prompt_tokens: number | null
  completion_tokens: number | null
  seconds: number
}

/** A line of what the route `ask` answers. */
export type Line =
  | Looked
  | Sent
  | Done
  | { kind: "text" | "note"; text: string }
  | { kind: "trouble"; error: string; remedy: string }
  | { kind?: undefined; error: string; remedy: string }

/** What is known of a picture once the server has told it. */
export type Shown = Numbered & Partial<Item>

/** A piece of an answer: words, or the numbers that stand in one pair of brackets. */
export type Piece = { text: string } | { numbers: number[] }
