// What no single file shows: two letters under one name, a language that lacks a letter, a text that no letter uses.
import { join } from 'node:path'
import { nearest } from '../nearest.ts'
import { type Letter, type LetterFault, shareDesk } from './letter.ts'
import { fileKey, type LetterFile } from './letter-file.ts'

interface Loaded {
  letter: Letter
  file: string
}

/** None of them keeps a letter from being used. What is retired is in nobody's way, and needs no translation. */
export function findGaps(
  folder: string,
  texts: ReadonlyMap<LetterFile, string>,
  loaded: readonly Loaded[],
  retired: ReadonlySet<string> = new Set(),
): LetterFault[] {
  const files = [...texts.keys()]
  const offered = loaded.filter(({ letter }) => !retired.has(letter.key))
  return [
    ...sameWords(offered, 'title'),
    ...sameWords(offered, 'shortcut'),
    ...missingLanguages(folder, files, retired),
    ...deadPartials(texts),
    ...strayVariants(files),
  ]
}

/** Agents pick by title, at their own desk. Both stay: which one is meant is not ours to say. */
function sameWords(loaded: readonly Loaded[], what: 'title' | 'shortcut'): LetterFault[] {
  return loaded.flatMap(({ letter, file }, index) => {
    const first = loaded
      .slice(0, index)
      .find(
        ({ letter: other }) =>
          other[what] === letter[what] && other.language === letter.language && shareDesk(other, letter),
      )
    if (!first || letter[what] === undefined) return []
    return [fault(file, `has the same ${what} as ${first.file}`, `Change one of the two ${what}s.`)]
  })
}

function missingLanguages(folder: string, files: readonly LetterFile[], retired: ReadonlySet<string>): LetterFault[] {
  const letters = files.filter(({ kind }) => kind === 'letter')
  const languages = [...new Set(letters.map(({ language }) => language))]
  const names = [...new Set(letters.map(({ name }) => name))]
  return languages.flatMap((language) =>
    names.flatMap((name) => {
      const having = letters.filter((each) => each.name === name)
      if (having.some((each) => each.language === language) || having.every((each) => retired.has(fileKey(each))))
        return []
      const others = having.map((each) => each.language).join(', ')
      const message = `is missing: the letter ${name} is there in ${others}, and not in ${language}`
      return [
        fault(
          join(folder, language, `${name}.md`),
          message,
          'Translate it; until then these customers are offered another language.',
        ),
      ]
    }),
  )
}

function deadPartials(texts: ReadonlyMap<LetterFile, string>): LetterFault[] {
  return [...texts.keys()].flatMap((file) => {
    if (file.kind !== 'partial') return []
    const uses = new RegExp(`\\{%-?\\s*render\\s+['"]${file.name}['"]`)
    const users = [...texts].filter(([{ language, kind }]) => language === file.language && kind !== 'partial')
    if (users.some(([, text]) => uses.test(text))) return []
    return [
      fault(file.path, 'is used by no letter', `Write {% render '${file.name}' %} in a letter, or remove the file.`),
    ]
  })
}

function strayVariants(files: readonly LetterFile[]): LetterFault[] {
  return files.flatMap(({ kind, path, language, name }) => {
    const letters = files
      .filter((each) => each.kind === 'letter' && each.language === language)
      .map((each) => each.name)
    if (kind !== 'variant' || letters.includes(name)) return []
    const meant = nearest(name, letters)
    return [
      fault(
        path,
        `there is no letter ${name} that it could be a variant of`,
        meant ? `Did you mean ${meant}?` : `Write ${name}.md too.`,
      ),
    ]
  })
}

function fault(file: string, message: string, hint: string): LetterFault {
  return { file, line: 1, column: 1, message, hint }
}
