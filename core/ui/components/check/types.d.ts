// What the check is given, what the server answers it, and what it keeps.

import type { Known } from "../gallery/types.d.ts"
import type { Chosen } from "../uploads/types.d.ts"

/** As `check_area` of check.py sends it. */
export interface CheckData {
  routes: CheckRoutes
  limits: CheckLimits
  suffixes: string[]
  roots: string[]
}

/** URLs of the app by name. */
export interface CheckRoutes {
  check: string
  files: string
  pair: string
  pictures: string
  thumbnails: string
  images: string
}

/** Bytes of the largest file of each kind; how many files at a time. */
export interface CheckLimits {
  image: number
  archive: number
  files: number
}

export type Verdict = "same-file" | "same-picture" | "look-alike" | "new" | "unreadable"

/** What is found of one file. */
export interface Checked {
  path: string
  name: string
  answer: Verdict
  match: Match | null
  cosine: number | null
  how: string
  reason: string
  content_hash: string
  size: number
  width: number
  height: number
}

/** The picture of the collection. */
export type Match = Pick<Known, "id" | "name" | "path" | "content_hash"> & Partial<Known>

/** A line of what the route `check` answers; or what went wrong. */
export interface CheckLine {
  total?: number | null
  done?: number
  checked?: Checked[]
  error?: string
  remedy?: string
}

/** A file on its way, and what became of it; the picture itself where it is one of the visitor's own. */
export interface Line extends Checked {
  /** A URL within the browser, where the file itself can be shown. */
  url?: string
  /** Where it stands among what was chosen. */
  place: number
}

/** A file that the server has. */
export interface Sent {
  id: string
  file: Chosen
  place: number
}

export type CheckState = "idle" | "looking" | "checking" | "done" | "stopped"
