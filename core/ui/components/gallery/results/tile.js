// What a tile shows of its picture.

import { element } from "../../shared/base.js"
import { BANDS, feedback, isDivided, matches, matchWords, special, twoDecimals } from "./matching.js"

const ELONGATED = 2.4 // from this ratio of sides on, a 4:3 crop would hide too much

// `at`: its place among all results. Nothing is touched where nothing has changed.
export function fill(tile, item, at, { search, routes }) {
  if (tile.item === item && tile.at === at && tile.search === search) return // of the pages before
  const signature = JSON.stringify([item, at, feedback(item, search)])
  Object.assign(tile, { item, at, search })
  if (tile.signature === signature) return
  tile.signature = signature
  tile.dataset.id = item.id
  const find = selector => tile.querySelector(selector)
  find(".rank").textContent = item.score == null ? "" : at + 1
  find(".name").textContent = find(".missing span").textContent = item.name
  find(".name").title = item.path ?? item.name
  find(".score").textContent = item.score == null ? "" : twoDecimals(item.score)
  nameTile(tile)
  find(".pick").setAttribute("aria-label", `Select ${item.name}`)
  find(".touch-menu").setAttribute("aria-label", `Actions on ${item.name}`)
  const ratio = item.width / item.height
  tile.classList.toggle("unmatched", !matches(item) && isDivided(search)) // else there is no line below the matches
  tile.classList.toggle("elongated", ratio > ELONGATED || ratio < 1 / ELONGATED)
  fillBand(tile, item)
  fillCount(find(".count"), item)
  fillMark(find(".mark"), feedback(item, search))
  setPicture(tile, find("img"), `${routes.thumbnails}/${item.content_hash}`)
}

function fillBand(tile, item) {
  const { band, strength } = item
  tile.dataset.band = band ?? ""
  tile.querySelector(".word").textContent = special(item) || (band ? BANDS[band] : "")
  tile.querySelector(".bar").style.setProperty("--strength", strength ?? 0)
}

function fillCount(button, { name, count }) {
  button.hidden = !(count > 1)
  button.textContent = `×${count}`
  button.title = `${count} of the same (D)`
  button.setAttribute("aria-label", `${count} of the same: show what is in the stack of ${name}`)
}

function fillMark(mark, kind) {
  mark.hidden = !kind
  mark.dataset.kind = kind
  mark.querySelector("use").setAttribute("href", `#i-${kind}`)
}

function setPicture(tile, image, url) {
  if (image.getAttribute("src") === url) return
  tile.classList.remove("broken")
  image.src = url
}

// What is read out when the tile gets the focus.
export function nameTile(tile) {
  const { name, score, count } = tile.item
  const parts = [score == null ? name : `${tile.at + 1}. ${name}`]
  const matched = matchWords(tile.item)
  if (matched) parts.push(matched.toLowerCase())
  if (score != null) parts.push(`similarity ${twoDecimals(score)}`)
  if (count > 1) parts.push(`${count} of the same in a stack`)
  if (tile.classList.contains("selected")) parts.push("selected")
  tile.querySelector(".open").setAttribute("aria-label", parts.join(", "))
}

// A smaller picture of one, wherever it stands: in a strip, in a stack.
export function thumbnail({ content_hash }, routes) {
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", draggable: false })
  image.src = `${routes.thumbnails}/${content_hash}`
  return image
}
