// Turns JSON Schemas into Python TypedDicts, and constant tables into module constants. Knows the few shapes the protocol uses.

const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

/** Python annotation of a schema; nested objects become classes of their own, named after their place. */
function annotation(schema, place, classes) {
  if (schema.const !== undefined) return `Literal[${JSON.stringify(schema.const)}]`;
  if (schema.enum) return `Literal[${schema.enum.map((value) => JSON.stringify(value)).join(', ')}]`;
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.map((part) => annotation(part, place, classes)).join(' | ');
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => annotation({ ...schema, type }, place, classes)).join(' | ');
  }
  switch (schema.type) {
    case 'null':
      return 'None';
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'integer':
      return 'int';
    case 'number':
      return 'float';
    case 'array':
      if (schema.prefixItems) {
        return `list[${[...new Set(schema.prefixItems.map((item) => annotation(item, place, classes)))].join(' | ')}]`;
      }
      return `list[${annotation(schema.items ?? {}, `${place}Item`, classes)}]`;
    case 'object':
      if (schema.properties) return declare(place, schema, classes);
      return `dict[str, ${annotation(schema.additionalProperties || {}, `${place}Value`, classes)}]`;
    default:
      return 'Any';
  }
}

function declare(name, schema, classes) {
  const fields = Object.entries(schema.properties).map(([key, value]) => {
    const place = `${name}${key[0].toUpperCase()}${key.slice(1)}`;
    const type = annotation(value, place, classes);
    return `    ${key}: ${schema.required?.includes(key) ? type : `NotRequired[${type}]`}`;
  });
  const body = fields.length ? fields.join('\n') : '    pass';
  const shape = `(TypedDict):\n${body}\n`;
  const twin = [...classes].find(([, other]) => other === shape);
  if (twin) return twin[0];
  classes.set(name, shape);
  return name;
}

export function pythonModule(schemas, tables, constants) {
  const classes = new Map();
  for (const [name, schema] of schemas) declare(name, schema, classes);
  const body = [...classes].map(([name, shape]) => `class ${name}${shape}`).join('\n\n');
  const needsNotRequired = body.includes('NotRequired[');
  const lines = [
    '"""Words on the wire, generated from the JSON Schemas of packages/protocol. Do not edit: run `npm run schema`."""',
    '',
    'from __future__ import annotations',
    '',
    'from typing import Any, Literal, TypedDict',
    ...(needsNotRequired ? ['', 'from typing_extensions import NotRequired'] : []),
    '',
    ...Object.entries(constants).map(([name, value]) => `${name} = ${value}`),
    '',
    ...Object.entries(tables).flatMap(([table, entries]) => [
      ...Object.entries(entries).map(([key, value]) => `${table}_${snake(key)} = ${value}`),
      '',
    ]),
    '',
    body,
  ];
  return lines.join('\n');
}
