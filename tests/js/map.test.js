// The map: where things are, which points are meant, what is drawn of them and in which colours.

import assert from "node:assert/strict"
import { test } from "node:test"
import { entries, said } from "../../core/ui/components/map/colours/legend.js"
import { mixed, numberColour, numberShades, rgb, shades, valueColour } from "../../core/ui/components/map/colours/palette.js"
import { arrayOf, readContainer } from "../../core/ui/components/map/data/container.js"
import { nameAt, placedNames } from "../../core/ui/components/map/overlay/names.js"
import { parsed } from "../../core/ui/components/map/overlay/theme.js"
import { pictureRoom, thinned } from "../../core/ui/components/map/overlay/thinning.js"
import { Cells, levels } from "../../core/ui/components/map/points/cells.js"
import { denser, look, Pace } from "../../core/ui/components/map/points/detail.js"
import { sliced } from "../../core/ui/components/map/points/scene.js"
import { Drawing } from "../../core/ui/components/map/selection/drawing.js"
import { boxOf, Lasso, placesIn } from "../../core/ui/components/map/selection/shapes.js"
import { between, Camera } from "../../core/ui/components/map/view/camera.js"
import { pressed } from "../../core/ui/components/map/view/keys.js"
import { nextThatWay } from "../../core/ui/components/map/view/walking.js"
import { table } from "./table.js"

/** @import { Bounds, Cluster, Header, Pair, Rgb } from "../../core/ui/components/map/types.d.ts" */
/** @import { Range } from "../../core/ui/components/map/points/scene.js" */

/** @type {Bounds} */
const ALL = [-1, -1, 1, 1]

// The same numbers from 0 to 1 each time.
function random(seed = 1) {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** @param {number} count */
function points(count, next = random()) {
  return Float32Array.from({ length: 2 * count }, () => 2 * next() - 1)
}

function camera(width = 800, height = 600, count = 1000) {
  const made = new Camera()
  made.begin(ALL, count)
  made.resize(width, height)
  made.look(made.fitted(ALL))
  return made
}

/**
 * @param {Header} header
 * @param {(Float32Array | Uint32Array | Uint8Array)[]} arrays
 */
function container(header, ...arrays) {
  let text = JSON.stringify(header)
  while (new TextEncoder().encode(text).length % 8) text += " "
  const head = new TextEncoder().encode(text)
  const size = header.arrays.reduce((most, { offset }, at) => Math.max(most, offset + arrays[at].byteLength), 0)
  const buffer = new ArrayBuffer(8 + head.length + size)
  const bytes = new Uint8Array(buffer)
  bytes.set(new TextEncoder().encode("ISM1"))
  new DataView(buffer).setUint32(4, head.length, true)
  bytes.set(head, 8)
  for (const [at, { offset }] of header.arrays.entries()) bytes.set(new Uint8Array(arrays[at].buffer), 8 + head.length + offset)
  return buffer
}

/** @type {Header} */
const HEADER = {
  count: 2,
  arrays: [
    { name: "xy", dtype: "float32", shape: [2, 2], offset: 0 },
    { name: "cluster", dtype: "uint32", shape: [2], offset: 16 },
    { name: "category", dtype: "uint8", shape: [2], offset: 24 },
  ],
}
const ARRAYS = [Float32Array.of(1, 2, 3, 4), Uint32Array.of(7, 0), Uint8Array.of(255, 1)]

test("arrays are looked at where they lie in the answer", () => {
  const buffer = container(HEADER, ...ARRAYS)
  const read = readContainer(buffer)
  assert.equal(read.header.count, 2)
  assert.deepEqual(arrayOf(read, "xy", Float32Array), ARRAYS[0])
  assert.deepEqual(arrayOf(read, "cluster", Uint32Array), ARRAYS[1])
  assert.deepEqual(arrayOf(read, "category", Uint8Array), ARRAYS[2])
  assert.equal(arrayOf(read, "xy", Float32Array).buffer, buffer)
})

test("an answer that is cut off, or another's, is told as such", () => {
  const whole = container(HEADER, ...ARRAYS)
  for (const buffer of [whole.slice(0, 3), whole.slice(0, 20), whole.slice(0, whole.byteLength - 1), new ArrayBuffer(64)]) {
    assert.throws(() => readContainer(buffer), /cut off/)
  }
  const read = readContainer(whole)
  assert.throws(() => arrayOf(read, "scores", Float32Array), /cut off/)
  assert.throws(() => arrayOf(read, "xy", Uint32Array), /cut off/)
})

test("what is somewhere on the map is there on the screen, and back", () => {
  const seen = camera()
  seen.look({ x: 0.2, y: -0.3, scale: 1234 })
  for (const [x, y] of [[0, 0], [0.7, 0.9], [-1, 1]]) {
    const at = seen.toScreen(x, y)
    const back = seen.toMap(at.x, at.y)
    assert.ok(Math.abs(back.x - x) < 1e-12 && Math.abs(back.y - y) < 1e-12)
  }
  assert.ok(seen.toScreen(0, 1).y < seen.toScreen(0, 0).y, "up is up")
})

test("all of the map fits in a window of any shape", () => {
  for (const [width, height] of [[800, 600], [300, 900], [5, 5]]) {
    const seen = camera(width, height)
    for (const [x, y] of [[-1, -1], [1, 1]]) {
      const at = seen.toScreen(x, y)
      assert.ok(at.x >= 0 && at.x <= width && at.y >= 0 && at.y <= height)
    }
  }
})

test("zooming holds what is under the pointer, and ends somewhere", () => {
  const seen = camera()
  const at = { x: 650, y: 120 }
  const held = seen.toMap(at.x, at.y)
  seen.look(seen.moved(at, at, 3))
  const after = seen.toScreen(held.x, held.y)
  assert.ok(Math.hypot(after.x - at.x, after.y - at.y) < 1e-9)
  for (let step = 0; step < 100; step++) seen.look(seen.moved(at, at, 2))
  const closest = seen.scale
  seen.look(seen.moved(at, at, 2))
  assert.equal(seen.scale, closest)
  for (let step = 0; step < 100; step++) seen.look(seen.moved(at, at, 0.5))
  assert.ok(seen.scale >= 0.5 * seen.fitted(ALL).scale)
})

test("two fingers: what was under each is under it again", () => {
  const seen = camera()
  const held = seen.toMap(400, 300)
  seen.look(seen.moved({ x: 400, y: 300 }, { x: 430, y: 310 }, 1.5))
  const after = seen.toScreen(held.x, held.y)
  assert.ok(Math.hypot(after.x - 430, after.y - 310) < 1e-9)
})

test("a flight begins and ends where it should, and what is under both stays", () => {
  const [from, to] = [{ x: 0, y: 0, scale: 100 }, { x: 0.5, y: 0.25, scale: 1600 }]
  assert.deepEqual(between(from, to, 0), from)
  assert.deepEqual(between(from, to, 1), to)
  const [half, flat] = [between(from, to, 0.5), between(from, { ...to, scale: 100 }, 0.5)]
  assert.equal(half.scale, 400)
  assert.ok(half.x > 0.25 && half.x < 0.5)
  assert.deepEqual(flat, { x: 0.25, y: 0.125, scale: 100 })
})

table("levels", levels, [
  [1, [1]],
  [20_000, [20_000]],
  [100_000, [1563, 6250, 25_000, 100_000]],
])

for (const count of [0, 1, 3, 1000, 30_000]) {
  test(`${count} points are each somewhere once, and found where they lie`, () => {
    const xy = points(count)
    const cells = new Cells(xy, ALL)
    assert.deepEqual(Array.from(cells.points).sort((a, b) => a - b), Array.from({ length: count }, (_, at) => at))
    for (let point = 0; point < count; point += 97) {
      const place = cells.places[point]
      assert.equal(cells.points[place], point)
      assert.equal(cells.xy[2 * place], xy[2 * point])
      assert.equal(cells.nearest(xy[2 * point], xy[2 * point + 1], 0.01), place)
    }
    /** @type {Bounds} */
    const bounds = [-0.35, 0.1, 0.2, 0.6]
    /** @type {number[]} */
    const inside = []
    cells.within(bounds, place => inside.push(cells.points[place]))
    const expected = Array.from({ length: count }, (_, at) => at).filter(at => xy[2 * at] >= -0.35 && xy[2 * at] <= Math.fround(0.2) && xy[2 * at + 1] >= Math.fround(0.1) && xy[2 * at + 1] <= Math.fround(0.6))
    assert.deepEqual(inside.sort((a, b) => a - b), expected)
    assert.equal(cells.ranges([5, 5, 6, 6]).length, 0)
    const whole = cells.ranges(ALL)
    assert.equal(whole.reduce((sum, [begin, end]) => sum + end - begin, 0), count)
    assert.ok(whole.length <= 1, "what lies together is one range")
  })
}

test("points in one place, or outside the bounds, lose nobody", () => {
  const same = new Cells(new Float32Array(2000), [0, 0, 0, 0])
  assert.equal(same.ranges([-1, -1, 1, 1]).reduce((sum, [begin, end]) => sum + end - begin, 0), 1000)
  const beyond = new Cells(Float32Array.of(-9, 4, 9, -4), ALL)
  assert.deepEqual(Array.from(beyond.points).sort(), [0, 1])
})

test("the first level is drawn of everywhere", () => {
  const cells = new Cells(points(64_000), ALL)
  const sum = (/** @type {Range[]} */ ranges) => ranges.reduce((total, [begin, end]) => total + end - begin, 0)
  assert.equal(sum(cells.ranges(ALL, 1)), 1000)
  const quarter = sum(cells.ranges([-1, -1, 0, 0], 1))
  assert.ok(quarter > 180 && quarter < 330, String(quarter))
})

test("a hidden point is not the nearest", () => {
  const cells = new Cells(Float32Array.of(0, 0, 0.1, 0), ALL)
  assert.equal(cells.points[cells.nearest(0.01, 0, 0.5, place => cells.points[place] !== 0)], 1)
  assert.equal(cells.nearest(0.5, 0.5, 0.1), -1)
})

test("a line by hand holds what a canvas says it does, by even and odd", () => {
  /** @type {Pair[]} */
  const star = Array.from({ length: 5 }, (_, at) => [Math.sin(0.8 * at * Math.PI), Math.cos(0.8 * at * Math.PI)])
  const lasso = new Lasso(star)
  assert.equal(lasso.contains(0, 0), false, "the middle of a star is crossed twice")
  assert.equal(lasso.contains(0, 0.8), true)
  assert.equal(lasso.contains(0.9, 0.9), false)
  const next = random(7)
  for (let at = 0; at < 1000; at++) {
    const [x, y] = [2.4 * next() - 1.2, 2.4 * next() - 1.2]
    assert.equal(lasso.contains(x, y), evenOdd(star, x, y))
  }
})

/**
 * The rule itself, over all edges.
 * @param {Pair[]} pairs
 * @param {number} x
 * @param {number} y
 */
function evenOdd(pairs, x, y) {
  let inside = false
  for (let at = 0, before = pairs.length - 1; at < pairs.length; before = at++) {
    const [[x1, y1], [x0, y0]] = [pairs[at], pairs[before]]
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) inside = !inside
  }
  return inside
}

test("what is in a box or a line is found among many, however many corners it has", () => {
  const xy = points(25_000)
  const cells = new Cells(xy, ALL)
  /** @type {Pair[]} */
  const circle = Array.from({ length: 300 }, (_, at) => [0.5 * Math.cos(at * Math.PI / 150), 0.5 * Math.sin(at * Math.PI / 150)])
  const found = Array.from(placesIn(cells, { lasso: circle }), place => cells.points[place]).sort((a, b) => a - b)
  const expected = Array.from({ length: 25_000 }, (_, at) => at).filter(at => evenOdd(circle, xy[2 * at], xy[2 * at + 1]))
  assert.deepEqual(found, expected)
  assert.ok(found.length > 4000)
  const box = placesIn(cells, { box: [-1, -1, 1, 1] })
  assert.equal(box.length, 25_000)
})

table("boxes are drawn from any corner", boxOf, [
  [[0, 0], [1, 2], [0, 0, 1, 2]],
  [[1, 2], [0, 0], [0, 0, 1, 2]],
])

test("a drawing stays on the map; a click is none", () => {
  const seen = camera()
  const click = new Drawing("lasso", seen, { x: 100, y: 100 })
  click.move({ x: 103, y: 101 })
  assert.equal(click.shape, null)
  const box = new Drawing("box", seen, { x: 100, y: 100 })
  box.move({ x: 300, y: 200 })
  assert.ok(box.shape && "box" in box.shape)
  const { box: before } = box.shape
  seen.look({ ...seen.sight, scale: 2 * seen.scale })
  assert.deepEqual(box.shape.box, before)
  assert.equal(box.outline.length, 4)
  const line = new Drawing("lasso", seen, { x: 100, y: 100 })
  for (let at = 0; at < 400; at++) line.move({ x: 100 + at, y: 100 + (at % 7) })
  assert.ok(line.shape && "lasso" in line.shape)
  assert.ok(line.shape.lasso.length < 200, "not a corner for each pixel")
})

/**
 * @param {Pick<Cluster, "number" | "name" | "size" | "x" | "y" | "radius"> & Partial<Cluster>} more
 * @returns {Cluster}
 */
function cluster(more) {
  return { level: 0, parent: 0, named_by: "", concepts: [], bounds: ALL, covers: [], filter: "", ...more }
}

const clusters = [
  cluster({ number: 1, name: "animals", size: 500, x: 0, y: 0, radius: 0.5 }),
  cluster({ number: 2, name: "dogs", level: 1, parent: 1, size: 300, x: -0.2, y: 0, radius: 0.2 }),
  cluster({ number: 3, name: "cats", level: 1, parent: 1, size: 200, x: 0.2, y: 0, radius: 0.2 }),
  cluster({ number: 4, name: "cars", size: 400, x: 0.02, y: 0.01, radius: 0.2 }),
  cluster({ number: 5, name: "far away", size: 10, x: 0.9, y: 0.9, radius: 0.1 }),
]
const names = (/** @type {Camera} */ seen) => placedNames(clusters, seen, text => 8 * text.length).map(({ cluster }) => cluster.name)

test("of names that lie on one another the larger cluster's is drawn, more of them closer by", () => {
  const seen = camera()
  assert.deepEqual(names(seen), ["animals", "far away"])
  seen.look({ x: 0, y: 0, scale: 4000 })
  assert.deepEqual(names(seen), ["cars"], "what is larger than the window gives way, and the others are out of sight")
  seen.look({ x: 0, y: 0, scale: 1150 })
  assert.deepEqual(names(seen).sort(), ["cars", "cats", "dogs"])
})

test("no two names overlap, wherever one looks", () => {
  const next = random(3)
  const many = Array.from({ length: 300 }, (_, at) => cluster({ number: at + 1, name: `cluster ${at}`, size: at, x: 2 * next() - 1, y: 2 * next() - 1, radius: 0.2 }))
  for (const scale of [200, 700, 3000]) {
    const seen = camera()
    seen.look({ x: 0.1, y: 0, scale })
    const shown = placedNames(many, seen, () => 70)
    assert.ok(shown.length > 0)
    for (const one of shown) {
      for (const other of shown) {
        assert.ok(one === other || Math.abs(one.x - other.x) >= 70 || Math.abs(one.y - other.y) >= one.height)
      }
    }
    assert.equal(nameAt(shown, shown[0].x + 30, shown[0].y)?.cluster, shown[0].cluster)
  }
})

test("pictures do not lie on one another, and stay the same wherever the map is moved", () => {
  const next = random(5)
  const all = Array.from({ length: 3000 }, (_, rank) => ({ x: 2 * next() - 1, y: 2 * next() - 1, rank }))
  const room = 0.1
  const shown = thinned(all, room)
  for (const one of shown) for (const other of shown) assert.ok(one === other || Math.abs(one.x - other.x) >= room || Math.abs(one.y - other.y) >= room)
  assert.ok(shown.length > 150 && shown.length < 441, String(shown.length))
  assert.equal(shown[0].rank, 0)
  const left = thinned(all.filter(({ x }) => x < 0.5), room).filter(({ x }) => x < 0)
  assert.deepEqual(left, shown.filter(({ x }) => x < 0))
})

/**
 * @param {number} count
 * @param {number} area
 * @param {number} scale
 */
function room(count, area, scale) {
  const found = pictureRoom(count, area, scale)
  assert.ok(found)
  return found
}

test("pictures are large where there are few, and none where they would hide the map", () => {
  const [few, many] = [room(100, 800 * 600, 400), room(3000, 800 * 600, 400)]
  assert.ok(few.side > many.side && many.side >= 30)
  assert.equal(pictureRoom(100_000, 800 * 600, 400), null)
  assert.equal(pictureRoom(0, 800 * 600, 400), null)
  const [near, nearer] = [room(500, 480_000, 400), room(500, 480_000, 410)]
  assert.equal(near.room, nearer.room, "a little closer they are the same ones")
  assert.ok(nearer.side > near.side)
})

test("points are as large as there is room, and as many as there is time", () => {
  const [few, many] = [look(400, 4, 100), look(400, 4, 1_000_000)]
  assert.ok(few.size > many.size && few.alpha > many.alpha)
  assert.ok(many.size >= 1 && few.size <= 12)
  assert.deepEqual(denser(many, 1), many)
  assert.ok(denser(many, 0.1).size > many.size)
  const pace = new Pace()
  let now = 0
  const run = (/** @type {number} */ took, /** @type {number} */ times) => {
    for (let frame = 0; frame < times; frame++) pace.frame((now += took), 1_000_000)
  }
  run(60, 30)
  assert.ok(pace.budget < 100_000)
  const slow = pace.budget
  run(16.6, 30)
  assert.ok(pace.budget > 2 * slow)
  const fast = pace.budget
  run(5000, 1)
  assert.equal(pace.budget, fast, "a pause is no slow frame")
})

table("ranges in pieces", sliced, [
  [[[0, 10]], 4, [[0, 4], [4, 8], [8, 10]]],
  [[[0, 3], [7, 9]], 4, [[0, 3], [7, 9]]],
  [[], 4, []],
])

table("colours are read", rgb, [["#ff8000", [255, 128, 0]]])
table("computed colours are read", parsed, [
  ["rgb(1, 2, 3)", [1, 2, 3]],
  ["rgba(1, 2, 3, 0.5)", [1, 2, 3]],
  ["color(srgb 1 0.5 0)", [255, 128, 0]],
])

const linear = (/** @type {number} */ part) => (part <= 10.31 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4)
const luminance = (/** @type {Rgb} */ colour) => {
  const [red, green, blue] = colour.map(linear)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (/** @type {Rgb} */ one, /** @type {Rgb} */ other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}
/** @type {[isDark: boolean, page: Rgb][]} */
const PAGES = [[false, [255, 255, 255]], [true, [18, 19, 24]]]

/**
 * As those see it who have no cones for red, or for green (Viénot, Brettel and Mollon 1999).
 * @type {Record<string, (colour: Rgb) => Rgb>}
 */
const seenWithout = {
  nothing: colour => colour,
  red: ([r, g, b]) => [0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b],
  green: ([r, g, b]) => [0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b],
}

/** @param {Rgb} colour */
function lab(colour) {
  const [r, g, b] = colour.map(part => linear(Math.min(255, Math.max(0, part))))
  const xyz = [0.4124 * r + 0.3576 * g + 0.1805 * b, 0.2126 * r + 0.7152 * g + 0.0722 * b, 0.0193 * r + 0.1192 * g + 0.9505 * b]
  const [x, y, z] = xyz.map((value, at) => value / [0.9505, 1, 1.089][at]).map(value => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116))
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

for (const [isDark, page] of PAGES) {
  test(`colours of values stand out from a ${isDark ? "dark" : "light"} page, and from one another for all eyes`, () => {
    const colours = Array.from({ length: 10 }, (_, at) => valueColour(at, isDark))
    for (const colour of colours) {
      assert.ok(contrast(colour, page) >= 2.9, `${colour} ${contrast(colour, page)}`)
    }
    for (const [kind, seen] of Object.entries(seenWithout)) {
      for (const [at, one] of colours.entries()) {
        for (const other of colours.slice(at + 1)) {
          const [a, b] = [lab(seen(one)), lab(seen(other))]
          const apart = Math.hypot(...a.map((part, index) => part - b[index]))
          assert.ok(apart > 25, `${one} and ${other} without ${kind}: ${apart}`)
        }
      }
    }
  })

  test(`the scale of numbers goes one way in lightness on a ${isDark ? "dark" : "light"} page, and its end stands out`, () => {
    const steps = Array.from({ length: 11 }, (_, at) => luminance(numberColour(at / 10, isDark)))
    for (let at = 1; at < steps.length; at++) assert.ok(isDark ? steps[at] > steps[at - 1] : steps[at] < steps[at - 1])
    assert.ok(contrast(numberColour(1, isDark), page) > 7)
    assert.ok(contrast(numberColour(0, isDark), page) > 1.25)
  })
}

test("all 24 values of a legend have colours of their own", () => {
  const colours = Array.from({ length: 24 }, (_, at) => String(valueColour(at, false)))
  assert.equal(new Set(colours).size, 24)
})

table("halfway", mixed, [[[0, 0, 0], [255, 100, 10], 0.5, [128, 50, 5]]])

test("what is hidden is hidden, what has no value is pale", () => {
  /** @type {Rgb} */
  const none = [200, 200, 200]
  const made = shades("category", { isDark: false, other: [150, 150, 150], none, isShown: shade => shade !== 2 })
  assert.deepEqual([made[3], made[4 * 2 + 3], made[4 * 255 + 3]], [255, 0, 255])
  assert.deepEqual(Array.from(made.slice(0, 3)), none)
  assert.deepEqual(Array.from(made.slice(4, 7)), valueColour(0, false))
})

test("numbers become shades from the lowest to the highest; what is not known has its own", () => {
  assert.deepEqual(Array.from(numberShades([0, 5, 10, -9, 99, NaN], 0, 10)), [1, 128, 254, 1, 254, 0])
  assert.deepEqual(Array.from(numberShades([3, 3], 3, 3)), [1, 1])
})

table("the ends of a scale", said, [
  ["brightness", 0.12345, "0.12"],
  ["megapixels", 12.34, "12.3"],
  ["megapixels", 1234.5, "1,235"],
  ["taken", 1_700_000_000, "2023-11-14"],
  ["size", 12_345_678, "12 MB"],
  ["strength", 0, "weak"],
  ["strength", 1, "strong"],
])

const legend = [{ value: "cat", count: 5, filter: "label:cat" }]
/** @param {Parameters<typeof entries>[0]} colours */
const listed = colours => entries(colours).map(({ shade, value, count }) => [shade, value, count])

table("what the legend lists", listed, [
  [{ by: "label", kind: "category", legend, other: 3, none: 2 }, [[1, "cat", 5], [255, "Other", 3], [0, "None", 2]]],
  [{ by: "label", kind: "category", legend, other: 0, none: 0 }, [[1, "cat", 5]]],
  [{ by: "strength", kind: "number", legend: [], other: 0, none: 9 }, [[0, "Not a hit", 9]]],
])

test("arrows lead to the nearest picture that way", () => {
  const cells = new Cells(Float32Array.of(0, 0, 0.1, 0.01, 0.05, 0.3, -0.2, 0, 0, -0.9), ALL)
  const next = (/** @type {[x: number, y: number]} */ way) => {
    const found = nextThatWay(cells, { x: 0, y: 0 }, way, 0.002, () => true)
    return found < 0 ? found : cells.points[found]
  }
  assert.equal(next([1, 0]), 1)
  assert.equal(next([-1, 0]), 3)
  assert.equal(next([0, -1]), 2)
  assert.equal(next([0, 1]), 4)
  assert.equal(nextThatWay(cells, { x: 0.9, y: 0.9 }, [1, 0], 0.002, () => true), -1)
})

test("keys do what they say, and leave others to the browser", () => {
  /** @type {unknown[][]} */
  const done = []
  const noted = (/** @type {string | symbol} */ name) => (/** @type {unknown[]} */ ...given) => done.push([name, ...given])
  const handlers = /** @type {Parameters<typeof pressed>[1]} */ (new Proxy({}, { get: (_, name) => noted(name) }))
  const alone = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false }
  const press = (/** @type {string} */ key, more = {}) => pressed({ key, ...alone, ...more }, handlers)
  for (const key of ["ArrowLeft", "+", "-", "0", "b", "L", "Enter", "Escape", "a"]) assert.ok(press(key), key)
  assert.ok(press("ArrowUp", { shiftKey: true }))
  assert.deepEqual(done.map(([name, ...given]) => [name, ...given].join(" ")), [
    "pan -1 0", "zoom 1.5", `zoom ${1 / 1.5}`, "fit", "mode box", "mode lasso", "open", "leave", "all", "step 0 -1",
  ])
  assert.equal(press("x"), false)
  assert.equal(press("Tab"), false)
  assert.equal(press("a", { ctrlKey: true }), false)
})
