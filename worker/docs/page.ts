/** The API's document as one page of HTML, rendered here: no script, no other server, readable on a phone. */
import { html, raw } from 'hono/html';
import { PROBLEMS } from '../wire/problem.ts';
import { STYLE } from './style.ts';

type Html = ReturnType<typeof html>;
type Json = Record<string, unknown>;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function renderPage(document: object): Html {
  const doc = document as Json;
  const info = at(doc, 'info');
  const operations = Object.entries(at(doc, 'paths')).flatMap(([path, item]) =>
    METHODS.filter((method) => method in (item as Json)).map((method) => ({
      path,
      method,
      about: at(item as Json, method),
    })),
  );
  const tags = (doc.tags as { name: string; description?: string }[]) ?? [];
  const sections = tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ about }) => tagOf(about) === tag.name),
  }));
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Regulars API</title>
<style>${raw(STYLE)}</style></head>
<body>
<nav aria-label="Sections"><strong>Regulars API</strong><a href="#top">About</a>${sections.map((s) => html`<a href="#${slug(s.name)}">${s.name}</a>`)}<a href="#problems">Errors</a><a href="/docs/events">Events out</a><a href="/openapi.json">openapi.json</a></nav>
<main id="top"><h1>${text(info.title)} API</h1><p>${prose(info.description)}</p>
${sections.map((s) => section(s.name, s.description ?? '', s.operations, doc))}
<section id="problems"><h2>Errors</h2><table><thead><tr><th>key</th><th>status</th><th>what it says</th></tr></thead><tbody>
${Object.entries(PROBLEMS).map(([key, [status, title]]) => html`<tr id="${key}"><td><code>${key}</code></td><td>${status}</td><td>${title}</td></tr>`)}
</tbody></table></section></main></body></html>`;
}

interface Operation {
  path: string;
  method: string;
  about: Json;
}

function section(name: string, description: string, operations: Operation[], doc: Json): Html {
  return html`<section id="${slug(name)}"><h2>${name}</h2><p>${description}</p>${operations.map((one) => operation(one, doc))}</section>`;
}

function operation({ path, method, about }: Operation, doc: Json): Html {
  const parameters = (about.parameters as Json[] | undefined) ?? [];
  const body = schemaIn(at(about, 'requestBody'));
  const responses = Object.entries(at(about, 'responses'));
  return html`<details><summary><code class="method ${method}">${method.toUpperCase()}</code> <code>${path}</code> <span>${text(about.summary)}</span></summary>
${about.description ? html`<p>${prose(about.description)}</p>` : ''}
${parameters.length > 0 ? html`<h4>Parameters</h4><table><tbody>${parameters.map(parameter)}</tbody></table>` : ''}
${body ? html`<h4>Body</h4>${fields(body, doc, 0)}` : ''}
<h4>Answers</h4><table><tbody>${responses.map(([status, answer]) => html`<tr><td><code>${status}</code></td><td>${text((answer as Json).description)}</td></tr>`)}</tbody></table>
${responses.map(([status, answer]) => (status.startsWith('2') && schemaIn(answer as Json) ? html`<h4>${status}</h4>${fields(schemaIn(answer as Json) ?? {}, doc, 0)}` : ''))}
</details>`;
}

function parameter(one: Json): Html {
  return html`<tr><td><code>${text(one.name)}</code></td><td>${text(one.in)}${one.required ? ', required' : ''}</td><td>${prose(at(one, 'schema').description ?? one.description)}</td></tr>`;
}

/** A schema's fields as nested lists; references are followed a few steps, a cycle would end there too. */
function fields(schema: Json, doc: Json, depth: number): Html {
  const known = resolved(schema, doc);
  const inner = (known.items ?? (known.oneOf as Json[] | undefined)?.[0]) as Json | undefined;
  const properties = Object.entries(at(known, 'properties'));
  if (properties.length === 0 && inner && depth < 4) return fields(inner, doc, depth + 1);
  if (properties.length === 0) return html`<code>${typeName(known)}</code>`;
  const required = new Set((known.required as string[] | undefined) ?? []);
  return html`<ul>${properties.map(([name, value]) => {
    const field = resolved(value as Json, doc);
    const nested = depth < 3 && (field.properties || resolved((field.items as Json) ?? {}, doc).properties);
    return html`<li><code>${name}</code> <em>${typeName(field)}${required.has(name) ? '' : ', optional'}</em> ${prose(field.description)}${nested ? fields(field, doc, depth + 1) : ''}</li>`;
  })}</ul>`;
}

function typeName(schema: Json): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const alternatives = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (alternatives) return alternatives.map(typeName).join(' | ');
  return Array.isArray(schema.type) ? schema.type.join(' | ') : text(schema.type) || 'any';
}

function resolved(schema: Json, doc: Json): Json {
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  return name === undefined ? schema : at(at(at(doc, 'components'), 'schemas'), name);
}

function schemaIn(from: Json): Json | null {
  const content = Object.values(at(from, 'content'))[0] as Json | undefined;
  return content === undefined ? null : at(content, 'schema');
}

function at(from: Json, key: string): Json {
  const value = from[key];
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function tagOf(about: Json): unknown {
  return Array.isArray(about.tags) ? about.tags[0] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text in which backticks mark code. */
export function prose(value: unknown): Html[] {
  return text(value)
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

export function slug(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
