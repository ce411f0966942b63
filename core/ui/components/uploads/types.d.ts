// What the area that takes files is given, and what it keeps.

/** As `upload_area` of uploads.py sends it. */
export interface UploadsData {
  upload_url: string
  done_url: string
  limits: UploadLimits
  suffixes: string[]
  parts: string[]
}

/** Bytes of the largest file of each kind; how many files at a time. */
export interface UploadLimits {
  image: number
  archive: number
  part: number
  files: number
}

/** A file that was chosen or dropped, and where it was in the folder that was; null where it cannot be read. */
export interface Chosen {
  name: string
  path: string
  file: File | null
}

export interface RefusedFile {
  name: string
  reason: string
}

/** "looking" for files in folders, "sending" them, "stopped" before the end, or "done". */
export type UploadState = "looking" | "sending" | "stopped" | "done"
