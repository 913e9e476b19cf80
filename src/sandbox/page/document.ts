// The page as it is first sent: everything is in it already, so that it can be seen before any script runs.
import { type Html, html } from './html.ts'
import type { Pane } from './panes.ts'

/** All that the page's script asks for, told at once. */
const MODULES = [
  'morphdom',
  'page',
  'act',
  'clock',
  'combobox',
  'confirm',
  'field',
  'focus',
  'keys',
  'menu',
  'rich-input',
  'rich-text',
  'send',
]

export function drawDocument(panes: Record<Pane, Html>): Html {
  const pane = (name: Pane, title: string, about: string) =>
    html`<section class="pane ${name}" id="at-${name}" aria-label="${title}"><h2>${title} <small>${about}</small></h2><div class="content" id="${name}">${panes[name]}</div></section>`
  const jump = (name: Pane, title: string) => html`<a href="#at-${name}">${title}</a>`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deskbell: play it</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><link rel="stylesheet" href="/page.css">${MODULES.map((name) => html`<link rel="modulepreload" href="/${name}.js">`)}<script type="module" src="/page.js"></script></head>
<body><div class="top"><h1><span aria-hidden="true">🛎</span> Deskbell <small>a customer-service inbox in Slack</small></h1>
<header class="bar" id="bar" aria-label="Time, scenes and trouble">${panes.bar}</header></div>
<div id="hint" class="told" role="status" aria-live="polite">${panes.hint}</div>
<div id="training" role="region" aria-label="Training">${panes.training}</div>
<nav class="jump" aria-label="Whose view">${jump('customers', 'Customers')}${jump('agent', 'Agent')}${jump('lead', 'Lead')}${jump('inside', 'Inside')}</nav>
<main>${pane('customers', 'The customers', 'by mail, on Discord, in Slack')}${pane('agent', 'The agent’s Slack', 'here customers are answered')}${pane('lead', 'The lead’s Slack', 'Lena Brandt')}</main>
${pane('inside', 'Inside the program', 'what it has on record')}
<div id="lost" class="lost" hidden>The demo has ended, or its connection broke. It goes on as soon as it is back.</div></body></html>`
}
