// Numbers, sizes and values as people write them.

import { fileSize, limitSize, plural, quoted } from "../../core/ui/components/shared/format.js"
import { table } from "./table.js"

table("plural", plural, [
  [0, "picture", "0 pictures"],
  [1, "picture", "1 picture"],
  [2, "picture", "2 pictures"],
  [1234567, "picture", "1,234,567 pictures"],
  [1, "box", "boxes", "1 box"],
  [12, "box", "boxes", "12 boxes"],
])

table("file sizes", fileSize, [
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [12_345_678, "12 MB"],
  [999_500_000, "1.0 GB"],
  [5e12, "5000 GB"],
])

table("limits, which are powers of two", limitSize, [
  [2 ** 30, "1 GB"],
  [50 * 2 ** 30, "50 GB"],
  [2 ** 20, "1 MB"],
  [200 * 2 ** 20, "200 MB"],
  [1000, "1.0 kB"],
])

table("values as they are typed in a condition", quoted, [
  ["cat", "cat"],
  ["traffic light", '"traffic light"'],
  ["a,b", '"a,b"'],
  ['5" disk', '"5"" disk"'],
  ["“so”", '"“so”"'],
  ["~rome", '"~rome"'],
  ["a~b", "a~b"],
  ["", ""],
])
