// Says what @asyncapi/parser finds in a document: one line for each diagnostic, of whatever severity.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , tools, path] = process.argv;
const { Parser } = createRequire(`${tools}/package.json`)('@asyncapi/parser');
const { document, diagnostics } = await new Parser().parse(readFileSync(path, 'utf8'));
for (const each of diagnostics) console.log(`${each.code} ${each.path.join('/')}: ${each.message}`);
if (document === undefined) console.log('this is no AsyncAPI document');
else console.error(`${document.allMessages().length} messages`);
