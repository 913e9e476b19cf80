// The training on the page: how far it is, and the score card at its end.
import { HOUR, MINUTE } from '../../clock.ts'
import { type Html, html } from './html.ts'
import type { MarkName, Score } from './score.ts'
import type { Training } from './training.ts'

export function drawTraining(training: Training): Html {
  if (training.state === 'idle') return html``
  if (training.state === 'finished') return drawCard(training.scores)
  const { arrived, of, nextInS } = training
  const told =
    nextInS === undefined
      ? 'All of them are here. Press Finish when you have done what you can.'
      : `The next one arrives in ${nextInS} s; with each the clock runs on by minutes or hours.`
  return html`<div class="training"><b>Training: ${arrived} of ${of} messages are here.</b> <span>You are Maya. Handle the queue in #desk-support as you would your own. ${told}</span>
<div class="group">${nextInS !== undefined && button('next', 'Next message now')}${button('finish', 'Finish', 'primary')}${button('start', 'Start again')}</div></div>`
}

const button = (name: string, title: string, style = 'plain') =>
  html`<button type="button" class="button ${style}" data-do="training" data-name="${name}">${title}</button>`

function drawCard(scores: readonly Score[]): Html {
  const marks = (name: MarkName) => scores.flatMap((score) => score.marks.filter((mark) => mark.name === name))
  const good = (name: MarkName) => marks(name).filter(({ isGood }) => isGood).length
  const of = (name: MarkName, what: string) =>
    marks(name).length > 0 && html`<li><b>${good(name)} of ${marks(name).length}</b> ${what}</li>`
  const said = scores.reduce((sum, { questions }) => sum + questions.said, 0)
  const asked = scores.reduce((sum, { questions }) => sum + questions.asked, 0)
  return html`<section class="score" aria-labelledby="score-title"><h2 id="score-title" tabindex="-1">Your score card</h2>
<ul class="sums">${of('handled', 'handled rightly')}${of('time', 'within the promised time')}${of('name', 'greeted by name')}${of('story', 'not asked for what they had told')}<li><b>${said} of ${asked}</b> questions answered</li><li><b>${marks('letters').length}</b> letters left unedited</li></ul>
<ol class="cases">${scores.map(drawScore)}</ol>
<p class="honest">Times, reasons, letters, hand-overs and names are read from the program’s records and are exact. Whether a question was answered, a story asked for again, or the language was theirs is told from single words: a good answer in other words can lose its mark here, and a bad one can get it. Whether it was true and kind no count can say; ask a colleague.</p>
<div class="group">${button('start', 'Train again', 'primary')}${button('leave', 'Put the card away')}</div></section>`
}

function drawScore({ title, marks, advice, answerMs, promisedMs = 0 }: Score): Html {
  return html`<li><h3>${title}${answerMs !== undefined && html` <small>answered after ${spanOf(answerMs)} of ${spanOf(promisedMs)}</small>`}</h3>
<ul>${marks.map(({ isGood, words }) => html`<li class="${isGood ? 'good' : 'bad'}"><span aria-hidden="true">${isGood ? '✓' : '✗'}</span><span class="unseen">${isGood ? 'Good:' : 'Not good:'}</span> ${words}</li>`)}</ul>
<p class="advice">${advice}</p></li>`
}

function spanOf(ms: number): string {
  const hours = Math.floor(ms / HOUR)
  const minutes = Math.round((ms % HOUR) / MINUTE)
  if (hours === 0) return `${minutes}\u00a0min`
  return minutes === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${minutes}\u00a0min`
}
