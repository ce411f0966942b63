// What the search bar is given, what it sends, and what it keeps.

import type { Answered } from "../shared/types.d.ts"

/** As `query_bar` of query.py sends it. */
export interface QueryData extends Answered {
  text: string
  parts: Part[]
  offer: string | null
  pasted: Pasted | null
  upload_url: string
  thumbnails: string
  images: string
  limit: number
  placeholder: string
  examples: string[]
  completions: Completions
  saved_url: string
  saves: boolean
}

/** A path or URL that is the whole text; without a refusal, that of a picture which may be searched with. */
export interface Pasted {
  location: string
  refusal: string | null
}

/** The keys of conditions, and of each the values there are. */
export type Completions = Record<string, string[]>

/** A part of the query: words, a condition, a picture, or one that results are to be more or less like. */
export type Part = WordsPart | FilterPart | ImagePart | ExamplePart
export type TypedPart = WordsPart | FilterPart
export type WeightedPart = WordsPart | ImagePart

export interface WordsPart {
  kind: "words"
  text: string
  weight: number
}

export interface FilterPart {
  kind: "filter"
  text: string
}

export interface ImagePart {
  kind: "image"
  id: string
  name: string
  weight: number
  region: Region | null
}

export interface ExamplePart {
  kind: "more" | "less"
  id: string
  name: string
}

/** Left, top, width and height in shares of the picture's sides. */
export type Region = [left: number, top: number, width: number, height: number]
export type Point = [x: number, y: number]

/** What the trigger "query" sends. Of a text that was submitted, the parts are those that it cannot hold; without one, all. */
export type Change = { text: string | null; parts: SentPart[] } | { address: string }
export type SentPart = WordsPart | FilterPart | Omit<ImagePart, "name"> | Omit<ExamplePart, "name">

/** A part as it is shown. */
export interface Chip extends HTMLElement {
  queryPart: Part
}

/** What may follow in the box: `insert` takes the place of what stands from `start` to the caret. */
export interface Option {
  label: string
  insert: string
  start: number
  isValue?: boolean
}

/** A search by the query part of its URL. */
export interface RecentSearch {
  address: string
  label: string
}

export interface SavedSearch {
  id: number
  name: string
  query_string: string
}
