// A hospital system, as a program: HTTP/1.1 with a token, and its notes of what it saw answered.

import assert from 'node:assert/strict';
import { request } from 'node:http';

/** The way to a billing desk. */
export class His {
  /** What was answered: `METHOD /template STATUS`. */
  seen = new Set();
  #document;

  constructor(origin, token) {
    this.origin = origin;
    this.token = token;
  }

  /** Reads the description; from then on every answer is held to it. */
  async learn() {
    const { body } = await this.ask('GET', '/openapi.json', { token: null });
    this.#document = body;
    this.seen.add('GET /openapi.json 200');
    return body;
  }

  /** Every `METHOD /template STATUS` of the description. */
  promised() {
    const methods = ['get', 'put', 'delete', 'post', 'patch'];
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      Object.entries(item).filter(([method]) => methods.includes(method)).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`)));
  }

  async ask(method, path, { token = this.token, json, text, headers = {} } = {}) {
    const content = text ?? (json && JSON.stringify(json));
    const all = { ...(token && { authorization: `Bearer ${token}` }), ...(content && { 'content-type': 'application/json' }), ...headers };
    const answer = await send(method, `${this.origin}/his/v1${path}`, all, content);
    if (this.#document) this.#hold(method, path, answer);
    return answer;
  }

  /** The answer is one that the description has, and its body is what it says. */
  #hold(method, path, { status, body }) {
    const bare = path.split('?')[0];
    const template = bare.replace(/^\/bills\/[^/]+/, '/bills/{reference}');
    const described = this.#document.paths[template][method.toLowerCase()].responses[status];
    assert.ok(described, `${method} ${template} ${status} is not described`);
    this.seen.add(`${method} ${template} ${status}`);
    const schema = described.content?.['application/json']?.schema;
    if (schema) this.#fits(schema, body, `${method} ${template} ${status}`);
    else assert.equal(body, undefined);
  }

  /** As much of JSON Schema as the description uses. */
  #fits(schema, value, where) {
    if (schema.$ref) return this.#fits(this.#document.components.schemas[schema.$ref.split('/').at(-1)], value, where);
    if (schema.anyOf) return this.#fits(value === null ? schema.anyOf.at(-1) : schema.anyOf[0], value, where);
    const kind = value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value;
    assert.ok([schema.type].flat().includes(kind), `${where}: ${JSON.stringify(value)} is no ${schema.type}`);
    if (schema.enum) assert.ok(schema.enum.includes(value), `${where}: ${value}`);
    if (!schema.properties) return undefined;
    for (const name of schema.required) assert.ok(name in value, `${where}: no ${name}`);
    for (const [name, part] of Object.entries(value)) {
      assert.ok(schema.properties[name], `${where}: ${name} is not described`);
      this.#fits(schema.properties[name], part, `${where}.${name}`);
    }
    return undefined;
  }
}

function send(method, url, headers, content) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode, body: text ? JSON.parse(text) : undefined });
      });
    });
    asked.on('error', reject);
    asked.end(content);
  });
}
