// What the component of quality is given.

/** As `quality_flags` of quality.py sends it. */
export interface QualityData {
  report: Report
  thumbnails: string
}

/** As `plain` of core/analysis/quality/report.py makes it. */
export interface Report {
  pictures: number
  checked: number
  flagged: number | null
  flags: Flag[]
}

/** One thing that can be wrong with pictures. */
export interface Flag {
  key: string
  title: string
  about: string
  threshold: number
  above: boolean
  count: number
  filter: string
  worst: Example[]
}

/** One of the worst pictures by a measure. */
export interface Example {
  id: string
  content_hash: string
  name: string
  path: string
  width: number
  height: number
  value: number
  said: string
  flagged: boolean
}
