/** The catalogue of events as one page of HTML, in the look of the API's: an overview, then each with its properties. */
import { html, raw } from 'hono/html';
import type { ToldEvent } from './event-catalogue.ts';
import type { EventProperty } from './event-properties.ts';
import { prose, slug } from './page.ts';
import { STYLE } from './style.ts';

type Html = ReturnType<typeof html>;

const INTRODUCTION =
  'What the product tells of a customer by itself. An event has a row of its own in the journal: it stands in ' +
  '`GET /admin/v1/customers/{ref}/timeline` under its `name` with these `properties`, and segments and lists ask for it by ' +
  'that name as for any other event. Those marked `entry` have no row and no event of their own: they are entries of points ' +
  'inside the row of something else, shown by `GET /admin/v1/customers/{ref}/points`. A connection (`POST ' +
  '/admin/v1/connections`) is told each of them, entries too, as an event of its own, with these properties as its `data`.';

export function renderEvents(events: readonly ToldEvent[]): Html {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Regulars events</title>
<style>${raw(STYLE)}</style></head>
<body>
<nav aria-label="Sections"><strong>Regulars events</strong><a href="#top">Overview</a><a href="/docs">API</a><a href="/docs/events.json">events.json</a></nav>
<main id="top"><h1>Events</h1><p>${prose(INTRODUCTION)}</p>
<table><thead><tr><th>name</th><th>told by</th><th>when</th></tr></thead><tbody>
${events.map(({ name, told, when }) => html`<tr><td><a href="#${slug(name)}">${name}</a></td><td>${told}</td><td>${prose(when)}</td></tr>`)}
</tbody></table>
${events.map(section)}
</main></body></html>`;
}

function section({ name, told, when, properties }: ToldEvent): Html {
  return html`<section id="${slug(name)}"><h2>${name}</h2><p>${prose(when)}${told === 'entry' ? ' An entry inside another row.' : ''}</p>
<table><thead><tr><th>property</th><th>type</th><th>unit</th><th>there</th><th>what it says</th></tr></thead><tbody>${properties.map(line)}</tbody></table></section>`;
}

function line({ name, type, unit, always, says }: EventProperty): Html {
  return html`<tr><td><code>${name}</code></td><td>${type}</td><td>${prose(unit ?? '')}</td><td>${always ? 'always' : 'sometimes'}</td><td>${prose(says)}</td></tr>`;
}
