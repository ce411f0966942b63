// The files that a visitor has chosen or dropped, those within folders too.

/** @import { Chosen } from "./types.d.ts" */

/**
 * @param {Iterable<File>} files
 * @returns {AsyncGenerator<Chosen, void>}
 */
export async function* listed(files) {
  for (const file of files) yield { name: file.name, path: file.webkitRelativePath || file.name, file }
}

/**
 * The entries must be asked for at once: the browser empties the transfer when the event is over.
 * @param {{ items: Iterable<Pick<DataTransferItem, "webkitGetAsEntry">>, files: Iterable<File> }} transfer
 */
export function dropped({ items, files }) {
  const entries = [...items].map(item => item.webkitGetAsEntry?.()).filter(entry => entry != null)
  return entries.length ? walk(entries) : listed([...files])
}

/**
 * @param {FileSystemEntry[]} entries
 * @returns {AsyncGenerator<Chosen, void>}
 */
async function* walk(entries) {
  for (const entry of entries) {
    if (isFile(entry)) yield { name: entry.name, path: entry.fullPath.replace(/^\//, ""), file: await opened(entry) }
    else if (isFolder(entry)) yield* walk(await children(entry).catch(() => []))
  }
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemFileEntry}
 */
function isFile(entry) {
  return entry.isFile
}

/**
 * @param {FileSystemEntry} entry
 * @returns {entry is FileSystemDirectoryEntry}
 */
function isFolder(entry) {
  return !entry.isFile
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File | null>}
 */
function opened(entry) {
  return new Promise(resolve => entry.file(resolve, () => resolve(null)))
}

/**
 * A folder answers in pieces, the last of them empty.
 * @param {FileSystemDirectoryEntry} folder
 */
async function children(folder) {
  const reader = folder.createReader()
  /** @type {FileSystemEntry[]} */
  const found = []
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const piece = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (!piece.length) return found
    found.push(...piece)
  }
}
