// What to do better next time: one sentence for the first thing that went wrong.
import type { Case, Mark } from './score.ts'

export function adviceOn({ name, words }: Mark, { wants, firstName, language }: Case): string {
  switch (name) {
    case 'handled':
      if (wants === 'nothing') return 'Let machines talk to themselves: an answer only makes them answer again.'
      if (wants === 'waiver') return 'Choose “No reply needed” in the card’s menu, and say that it is spam.'
      return words.startsWith('Answered')
        ? 'They wrote in two places: answer one, and end the other with “No reply needed”, answered elsewhere.'
        : 'Press Reply on the card: a person is waiting for words.'
    case 'time':
      return 'Look at Home now and then: it lists who is due soonest, so that nobody runs out of time.'
    case 'story':
      return 'Open the thread and “Customer…” before you ask: what they told us once, on any channel, stands there.'
    case 'questions':
      return 'Go through their message once more before Send, and answer each thing in it.'
    case 'name':
      return `Begin with a greeting: “Hello ${firstName}”.`
    case 'language':
      return language === 'de' ? 'Answer in German: there are letters in it.' : 'Answer in the language they wrote in.'
    case 'letters':
      return 'Change a line of the letter, so that it speaks to this person about this matter.'
    default:
      return 'When you hand over, write down what was asked, tried and promised.'
  }
}
