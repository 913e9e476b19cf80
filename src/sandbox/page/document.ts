// The page as it is first sent: everything is in it already, so that it can be seen before any script runs.
import { type Html, html } from './html.ts'
import type { Pane } from './panes.ts'

/** All that the page's script asks for, told at once. */
const MODULES = [
  'morphdom',
  'page',
  'act',
  'combobox',
  'confirm',
  'field',
  'focus',
  'keys',
  'rich-input',
  'rich-text',
  'send',
]

export function drawDocument(panes: Record<Pane, Html>): Html {
  const pane = (name: Pane, title: string, tag: 'section' | 'header' = 'section') =>
    tag === 'header'
      ? html`<header class="bar" id="${name}" aria-label="${title}">${panes[name]}</header>`
      : html`<section class="pane ${name}" aria-label="${title}"><h2>${title}</h2><div class="content" id="${name}">${panes[name]}</div></section>`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deskbell: play it</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/page.css">${MODULES.map((name) => html`<link rel="modulepreload" href="/${name}.js">`)}<script type="module" src="/page.js"></script></head>
<body><h1><span aria-hidden="true">🛎</span> Deskbell <small>one person plays them all; behind this page runs the real program</small></h1>
${pane('bar', 'Time, scenes and trouble', 'header')}
<div id="hint" class="hint" role="status" aria-live="polite">${panes.hint}</div>
<div id="training" role="region" aria-label="Training">${panes.training}</div>
<main>${pane('customers', 'The customers')}${pane('agent', 'The agent’s Slack')}${pane('lead', 'The lead’s Slack')}</main>
${pane('inside', 'Inside')}
<div id="lost" class="lost" hidden>The demo has ended, or its connection broke. It goes on as soon as it is back.</div></body></html>`
}
